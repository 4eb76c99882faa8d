#include <stdio.h>
#include <string.h>

#include "err.h"
#include "plan/catalog.h"
#include "plan/pack.h"

/* The category of bundles that are in no tree. */
#define ELSEWHERE "local/"

/* The folder of the tree that is called so, or NONE. */
static uint32_t
of_tree(const struct plan *p, const char *unit)
{
	uint32_t i = symbol_find(&p->names, unit, strlen(unit));

	i = i == NONE ? NONE : p->names.v[i].folder;
	return i < p->of_tree ? i : NONE;
}

/* What a folder is called at the server. */
static const char *
name_of(struct plan *p, const struct folder *f)
{
	size_t n = p->tree ? strlen(p->tree) : 0;
	const char *name;

	if (!f->path)
		return f->unit;
	/* By its path, though it lies in the tree. */
	if (n && !strncmp(f->path, p->tree, n) && f->path[n] == '/' &&
	    of_tree(p, f->path + n + 1) != NONE)
		return f->path + n + 1;
	name = plan_keep(p, ELSEWHERE "%s", strrchr(f->path, '/') + 1);
	if (!catalog_is_unit(name))
		die(EX_DATAERR, "bundle %s: a server wants a folder's name of letters, digits "
		    "and ._+~@-; rename it", f->path);
	if (of_tree(p, name) != NONE)
		die(EX_DATAERR, "bundle %s: the tree has %s, and a server could not tell them "
		    "apart; rename it", f->path, name);
	return name;
}

/* Each folder once: one of the tree may be there by its path, too. */
static void
print_folder(struct plan *p, uint32_t number, struct buf *out)
{
	const struct folder *f = &p->folders.at[number];
	const char *name = name_of(p, f);
	struct symbol *y = symbol_at(&p->names, name, strlen(name));
	int elsewhere = f->path && of_tree(p, name) == NONE;

	if (y->packed && elsewhere)
		die(EX_DATAERR, "bundle %s: another target is called %s as well; send one after "
		    "the other", f->path, name);
	if (y->packed)
		return;
	y->packed = 1;
	if (elsewhere)
		plan_must(buf_printf(out, "bundle\t%s\t%s\n", name, f->path));
	else
		plan_must(buf_printf(out, "tree\t%s\n", name));
}

void
pack_print(struct plan *p, struct buf *out)
{
	const struct asked *a;
	uint32_t i;
	int plain;

	for (a = p->asked.at; a < p->asked.at + p->asked.len; a++) {
		plain = !strcmp(a->modifiers, "-");
		plan_must(buf_printf(out, "target\t%s%s%s\n", a->name ? a->name :
		    name_of(p, &p->folders.at[a->folder]), plain ? "" : ":",
		    plain ? "" : a->modifiers));
	}
	for (i = 0; i < p->wanted.len; i++)
		print_folder(p, p->wanted.at[i].folder, out);
	for (i = 0; i < p->groups.len; i++)
		plan_must(buf_printf(out, "tree\t%s\n", p->groups.at[i]));
}
