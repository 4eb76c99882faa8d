#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "err.h"
#include "layer/cmd.h"
#include "opt.h"

int
verb_stack(struct cmd *c)
{
	struct ids stack = { 0 };
	struct buf out = { 0 };
	struct blame b;
	int code = 0;

	if (stack_named(c, c->arg[0], &stack, &b) < 0)
		code = fail_ref(c, c->arg[0], &b);
	else if (ids_line(&out, &stack) < 0)
		code = fail_sys(c, "layers");
	else
		code = print(&out);
	ids_free(&stack);
	return code;
}

int
verb_info(struct cmd *c)
{
	struct buf out = { 0 };
	struct layer l;
	struct blame b;
	const char *value;
	int code;

	if (layer_get(&c->store, c->arg[0], &l, &b) < 0) {
		code = fail(c, &b);
	} else {
		value = layer_value(&l, c->arg[1]);
		code = buf_printf(&out, "%s\n", value ? value : "") < 0 ?
		    fail_sys(c, "layers") : print(&out);
	}
	layer_free(&l);
	return code;
}

/* Gc waits until the ref is where it is to be. */
static int
ref_move(struct cmd *c, const char *ref, const char *id)
{
	struct ids stack = { 0 };
	struct blame b;
	int lock = lock_layers(c, LOCK_SHARED), code = 0;
	char at[2 * STORE_NAME];

	if (lock < 0)
		return err_code(errno);
	snprintf(at, sizeof(at), "ref/%.*s", STORE_NAME, ref);
	if (stack_get(&c->store, id, &stack, &b) < 0)
		code = fail(c, &b);
	else if (ref_set(&c->store, ref, id) < 0)
		code = fail_sys(c, at);
	ids_free(&stack);
	lock_drop(lock);
	return code;
}

int
verb_ref(struct cmd *c)
{
	const char *ref = c->arg[0], *id = c->arg[1];
	struct ids stack = { 0 };
	struct buf out = { 0 };
	struct blame b;
	int code;

	if (!ref_ok(ref))
		die(EX_USAGE, "%s: neither baseos nor instance/BRANCH", ref);
	if (id && opt_dry)
		return 0;
	if (id)
		return ref_move(c, ref, id);
	if (stack_named(c, ref, &stack, &b) < 0)
		code = fail_ref(c, ref, &b);
	else if (buf_printf(&out, "%s\n", stack.at[stack.len - 1]) < 0)
		code = fail_sys(c, "ref");
	else
		code = print(&out);
	ids_free(&stack);
	return code;
}

int
verb_unref(struct cmd *c)
{
	char at[2 * STORE_NAME];
	int code = 0, got;
	char **ref;

	for (ref = c->arg; *ref; ref++)
		if (!ref_ok(*ref))
			die(EX_USAGE, "%s: neither baseos nor instance/BRANCH", *ref);
	for (ref = c->arg; *ref; ref++) {
		if (ref_drop(&c->store, *ref) == 0)
			continue;
		snprintf(at, sizeof(at), "ref/%.*s", STORE_NAME, *ref);
		got = fail_sys(c, at);
		code = code ? code : got;
	}
	return code;
}

int
verb_locks(struct cmd *c)
{
	const struct lock_class *l;
	struct buf out = { 0 };

	for (l = lock_tab; l->name; l++)
		if (buf_printf(&out, "%d %s %d\n", l->order, l->name, l->fd) < 0)
			return fail_sys(c, "lock");
	return print(&out);
}
