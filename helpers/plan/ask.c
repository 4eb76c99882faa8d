#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "err.h"
#include "parse.h"
#include "plan/ask.h"
#include "plan/catalog.h"
#include "plan/likely.h"
#include "store/bundle.h"

static const char no_tree[] =
    "no tree to look in; set [tree] path in aoinb.ini, or give --tree=DIR";

void
ask_fail(struct ask *a, int code, const char *fmt, ...)
{
	char text[3500];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	warn_msg("%s", text);
	if (!a->code || code < a->code)
		a->code = code;
}

/* ---- what a name means ---- */

const char *
ask_before(struct ask *a)
{
	return a->group ? plan_keep(a->p, "%s:%u: ", a->group->name, a->line) : "";
}

static const char *
where(struct ask *a)
{
	return a->place ? a->place :
	    plan_keep(a->p, "%s:%u", a->group->name, a->line);
}

void
ask_add(struct ask *a, uint32_t folder, const char *modifiers)
{
	struct plan *p = a->p;
	struct folder *f = &p->folders.at[folder];
	struct wanted *w;
	int own = a->place != NULL;

	if (f->wanted == NONE) {
		f->wanted = (uint32_t)p->wanted.len;
		plan_must(vec_push(&p->wanted, (struct wanted){ folder, "-", "", 0 }));
	}
	w = &p->wanted.at[f->wanted];
	if (!strcmp(modifiers, "-") ||
	    (!strcmp(modifiers, w->modifiers) && own <= w->own))
		return;
	if (!strcmp(w->modifiers, "-") || own > w->own)
		*w = (struct wanted){ folder, modifiers, where(a), own };
	else if (own == w->own)
		ask_fail(a, EX_DATAERR, "%s: asked for with %s (%s) and with %s (%s)",
		    f->unit, w->modifiers, w->where, modifiers, where(a));
}

/* Whether a folder of the tree is one of those that c counts. */
static int
is_choice(const struct plan *p, uint32_t folder, const char *name, int by_package)
{
	const struct folder *f = &p->folders.at[folder];
	const struct part *part = p->parts.at + f->part;
	uint32_t i;

	if (!by_package)
		return !strcmp(strchr(f->unit, '/') + 1, name);
	for (i = 0; i < f->parts; i++)
		if (!part[i].trouble && !strcmp(part[i].name, name))
			return 1;
	return 0;
}

/* Of several folders, the one that fits the architecture. */
static uint32_t
only(struct ask *a, const char *name, const struct choice *c, int by_package)
{
	struct plan *p = a->p;
	struct buf list = { 0 };
	uint32_t i;

	if (c->n == 1)
		return c->first;
	if (c->nfit == 1)
		return c->fit;
	for (i = c->first; i < p->of_tree; i++)
		if (is_choice(p, i, name, by_package))
			plan_must(buf_printf(&list, "%s%s", list.len ? " and " : "",
			    p->folders.at[i].unit));
	ask_fail(a, EX_DATAERR, "%s%s: made by %s; name one of these", ask_before(a),
	    name, list.s);
	buf_free(&list);
	return NONE;
}

/* The folder of a unit, a package or the folder of that name; NONE after it was said
 * that there is none. */
static uint32_t
find(struct ask *a, const char *name)
{
	struct plan *p = a->p;
	uint32_t i = symbol_find(&p->names, name, strlen(name));
	const struct symbol *y = i == NONE ? NULL : &p->names.v[i];

	if (!p->tree) {
		ask_fail(a, EX_NOINPUT, "%s%s: no such bundle, and %s", ask_before(a),
		    name, no_tree);
		return NONE;
	}
	if (y && y->folder != NONE && y->folder < p->of_tree)
		return y->folder;
	if (y && y->by_package.n)
		return only(a, name, &y->by_package, 1);
	if (y && y->by_base.n)
		return only(a, name, &y->by_base, 0);
	ask_fail(a, EX_NOINPUT, "%s%s: no such package in %s%s", ask_before(a), name,
	    p->tree, likely(p, name, a->group_names.at, a->group_names.len));
	return NONE;
}

void
ask_add_named(struct ask *a, const char *name, const char *modifiers)
{
	uint32_t folder = find(a, name);

	if (folder != NONE)
		ask_add(a, folder, modifiers);
}

/* ---- targets ---- */

struct target {
	const char *text;	/* a name; or, absolute and resolved, a path */
	const char *modifiers;	/* "-" for none */
	int is_path;
};

int
ask_has_control(const char *s)
{
	for (; *s; s++)
		if ((unsigned char)*s < ' ' || *s == 127)
			return 1;
	return 0;
}

static int
has_spec(const char *path)
{
	char *spec;
	struct stat st;
	int got;

	plan_must(asprintf(&spec, "%s/spec", path));
	got = stat(spec, &st) == 0 && S_ISREG(st.st_mode);
	free(spec);
	return got;
}

/* A bundle by its path: written as one, or simply there. */
static int
is_path(const char *s)
{
	return *s == '/' || !strcmp(s, ".") || !strcmp(s, "..") ||
	    !strncmp(s, "./", 2) || !strncmp(s, "../", 3) || has_spec(s);
}

/* The path of the bundle that s names, or dies. */
static const char *
bundle_at(struct plan *p, const char *s)
{
	int fd = open(s, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	const char *wrong;
	char *real;

	if (fd < 0 && (errno == ENOENT || errno == ENOTDIR))
		die(EX_NOINPUT, "bundle %s: no such folder", s);
	if (fd < 0)
		die_sys(EX_NOINPUT, "bundle %s", s);
	wrong = bundle_wrong(fd);
	if (wrong)
		die(EX_NOINPUT, "bundle %s: %s", s, wrong);
	close(fd);
	real = realpath(s, NULL);
	if (!real)
		die_sys(EX_NOINPUT, "bundle %s", s);
	if (ask_has_control(real))
		die(EX_USAGE, "%s: holds a control character", real);
	plan_must(vec_push(&p->texts, real));
	return real;
}

static struct target
target_read(struct plan *p, const char *word)
{
	struct target t = { .modifiers = "-" };
	char *s = plan_keep(p, "%s", word), *colon;
	size_t n;

	if (ask_has_control(word))
		die(EX_USAGE, "%s: holds a control character", word);
	if (!has_spec(s) && (strstr(s, ":+") || strstr(s, ":-"))) {
		colon = strrchr(s, ':');
		*colon = '\0';
		t.modifiers = colon + 1;
	}
	for (n = strlen(s); n > 1 && s[n - 1] == '/'; n--)
		s[n - 1] = '\0';
	t.is_path = is_path(s);
	t.text = t.is_path ? bundle_at(p, s) : s;
	return t;
}

static void
target_want(struct ask *a, const struct target *t)
{
	struct asked asked = { t->is_path ? NULL : t->text, NONE, t->modifiers };

	a->place = t->is_path ? "by its path" : "on the command line";
	a->group = NULL;
	if (!parse_modifiers_ok(t->modifiers))
		ask_fail(a, EX_DATAERR, "%s:%s: these are no modifiers", t->text,
		    t->modifiers);
	else if (t->is_path)
		ask_add(a, asked.folder = catalog_bundle(a->p, t->text), t->modifiers);
	else if (!strncmp(t->text, "groups/", 7))
		group_walk(a, t->text, t->modifiers);
	else
		ask_add_named(a, t->text, t->modifiers);
	plan_must(vec_push(&a->p->asked, asked));
}

int
ask_targets(struct plan *p, char *const *targets)
{
	struct ask a = { .p = p, .dir = -1 };
	VEC(struct target) list = { 0 };
	size_t i;

	for (; *targets; targets++)
		plan_must(vec_push(&list, target_read(p, *targets)));
	if (p->tree) {
		a.code = catalog_tree(p);
		if (a.code)
			goto end;
		group_list(&a);
	}
	for (i = 0; i < list.len; i++)
		target_want(&a, &list.at[i]);
end:
	vec_free(&list);
	group_free(&a);
	return a.code;
}
