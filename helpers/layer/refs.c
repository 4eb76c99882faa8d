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
	struct layer l = { 0 };
	struct blame b;
	const char *value, *id = c->arg[0];
	char top[STORE_NAME];
	int code;

	if (ref_ok(id)) {
		if (ref_get(&c->store, id, top, &b) < 0)
			return fail_ref(c, id, &b);
		id = top;
	}
	if (layer_get(&c->store, id, &l, &b) < 0) {
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

/* Every ref, torn ones as well. */
static int
all_refs(const struct cmd *c, struct ids *refs)
{
	char name[STORE_NAME + 16];
	struct ids branches = { 0 };
	int r = ids_folder(&c->store, "ref/instance", 1, &branches);
	size_t i;

	if (r == 0)
		r = ids_add(refs, "baseos");
	for (i = 0; i < branches.len && r == 0; i++) {
		snprintf(name, sizeof(name), "instance/%s", branches.at[i]);
		r = ids_add(refs, name);
	}
	ids_free(&branches);
	return r;
}

int
verb_unref(struct cmd *c)
{
	char at[2 * STORE_NAME];
	struct ids refs = { 0 };
	int code = 0, got, r = 0;
	size_t i;

	if (!c->all != !!*c->arg)
		die(EX_USAGE, "unref wants names of refs, or --all");
	for (i = 0; c->arg[i] && r == 0; i++) {
		if (!ref_ok(c->arg[i]))
			die(EX_USAGE, "%s: neither baseos nor instance/BRANCH", c->arg[i]);
		r = ids_add(&refs, c->arg[i]);
	}
	if (r < 0 || (c->all && all_refs(c, &refs) < 0))
		code = fail_sys(c, "ref");
	for (i = 0; i < refs.len && (r == 0 || c->all); i++) {
		if (ref_drop(&c->store, refs.at[i]) == 0)
			continue;
		snprintf(at, sizeof(at), "ref/%s", refs.at[i]);
		got = fail_sys(c, at);
		code = code ? code : got;
	}
	ids_free(&refs);
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
