#include <string.h>

#include "eval/arch.h"
#include "eval/env.h"
#include "eval/sources.h"

static int
assign(struct buf *out, const char *name, const char *value)
{
	return buf_printf(out, "%s=", name) < 0 || buf_shell(out, value) < 0 ||
	    buf_putc(out, '\n') < 0;
}

static int
assign_var(struct buf *out, const char *name, const struct vars *t,
    const char *var, const char *without)
{
	const char *s = vars_get(t, var);

	return assign(out, name, s && *s ? s : without);
}

static int
assign_groups(struct buf *out, const char *arch)
{
	struct buf groups = { 0 };
	int bad = arch_groups(&groups, arch) < 0;
	char *s;

	for (s = groups.s; s && (s = strchr(s, '\n')); )
		*s = ' ';
	if (groups.len)
		groups.s[groups.len - 1] = '\0';
	bad |= buf_puts(out, "export ") < 0 ||
	    assign(out, "AOINB_ARCH_GROUPS", groups.s ? groups.s : "");
	buf_free(&groups);
	return bad;
}

int
env_put(struct buf *out, const struct vars *t, const char *arch, struct why *w)
{
	const struct var *v;
	int bad, dummy;

	if (sources_none(t, &dummy, w) < 0)
		return -1;
	bad = assign_var(out, "ver", t, "VER", "");
	bad |= assign_var(out, "rel", t, "REL", "0");
	bad |= assign_var(out, "epoch", t, "EPOCH", "");
	bad |= assign_var(out, "subdir", t, "SUBDIR", "");
	bad |= assign(out, "dummysrc", dummy ? "1" : "");
	for (v = t->v; v < t->v + t->n; v++)
		if (v->own && v->value && !strncmp(v->name, "__", 2)) {
			bad |= buf_puts(out, "export ");
			bad |= assign(out, v->name, v->value);
		}
	if (arch)
		bad |= assign_groups(out, arch);
	return bad ? why_not(w, "out of memory") : 0;
}
