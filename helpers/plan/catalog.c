#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "err.h"
#include "eval/parts.h"
#include "eval/row.h"
#include "plan/catalog.h"

static const char word_chars[] =
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_+~@.-";

static size_t
component(const char *s)
{
	return *s == '.' || *s == '-' ? 0 : strspn(s, word_chars);
}

int
catalog_is_unit(const char *text)
{
	size_t n = component(text), m;

	if (!n || text[n] != '/')
		return 0;
	m = component(text + n + 1);
	return m && !text[n + 1 + m];
}

static struct folder *
new_folder(struct plan *p, const char *unit, const char *path)
{
	plan_must(vec_push(&p->folders, (struct folder){ .unit = unit, .path = path,
	    .part = (uint32_t)p->parts.len, .planned = NONE, .wanted = NONE }));
	return &p->folders.at[p->folders.len - 1];
}

static void
learn(struct plan *p, struct folder *f, const struct row *r)
{
	const char *sub = !strcmp(r->part, ".") ? "" : r->part;

	plan_must(vec_push(&p->parts, (struct part){ r->trouble, r->name, r->build,
	    r->run }));
	f->parts++;
	if (r->trouble)
		return;
	if (!f->version)
		f->version = r->version;
	if (!strcmp(r->fits, "ok"))
		f->some_fit = 1;
	else if (!f->unfit)
		f->unfit = plan_keep(p, "%s%s%s", sub, *sub ? ": " : "", r->fits);
}

static void
give(struct plan *p, struct folder *f, const char *s, size_t len, uint32_t part)
{
	uint32_t name = symbol_of(&p->names, s, len);

	plan_must(vec_push(&p->gives, (struct give){ name, part }));
	f->gives++;
}

/* What a folder gives: first the names of its own.  provides has those of each of its
 * parts. */
static void
learn_gives(struct plan *p, struct folder *f, const char *const *provides)
{
	const struct part *part = p->parts.at + f->part;
	const char *s, *word;
	uint32_t i;
	size_t len;

	f->give = (uint32_t)p->gives.len;
	for (i = 0; i < f->parts; i++)
		if (!part[i].trouble)
			give(p, f, part[i].name, strlen(part[i].name), i);
	f->names = f->gives;
	for (i = 0; i < f->parts; i++)
		for (s = provides[i]; word = plan_word(&s, &len), len; )
			give(p, f, word, plan_name(word, len), i);
	if (f->names)
		return;
	/* Whose name nobody knows goes by that of its folder. */
	s = strrchr(f->unit, '/') + 1;
	give(p, f, s, strlen(s), 0);
	f->names = 1;
}

/* ---- who makes what in the tree ---- */

static void
choice_add(struct choice *c, uint32_t folder, int fits)
{
	if (c->n && c->last == folder)
		return;
	c->last = folder;
	if (!c->n++)
		c->first = folder;
	if (fits && !c->nfit++)
		c->fit = folder;
}

/* Keeps the best two. */
static void
maker_add(struct symbol *y, uint32_t folder, uint32_t good)
{
	struct maker *m = y->maker, new = { folder, good };

	if ((m[0].good && m[0].folder == folder) ||
	    (m[1].good && m[1].folder == folder))
		return;
	if (good > m[0].good) {
		m[1] = m[0];
		m[0] = new;
	} else if (good > m[1].good) {
		m[1] = new;
	}
}

/* A name of its own goes before one that is provided too, and what fits before what
 * does not: 4 and 3, 2 and 1. */
static void
learn_makers(struct plan *p, uint32_t folder)
{
	const struct folder *f = &p->folders.at[folder];
	const struct part *part = p->parts.at + f->part;
	const char *base = strchr(f->unit, '/') + 1;
	const struct give *g;
	uint32_t i, name, known = 0;

	for (i = 0; i < f->parts; i++) {
		if (part[i].trouble)
			continue;
		known = 1;
		name = symbol_of(&p->names, part[i].name, strlen(part[i].name));
		choice_add(&p->names.v[name].by_package, folder, f->some_fit);
	}
	name = symbol_of(&p->names, base, strlen(base));
	choice_add(&p->names.v[name].by_base, folder, f->some_fit);
	if (!known)
		return;
	g = p->gives.at + f->give;
	for (i = 0; i < f->gives; i++)
		maker_add(&p->names.v[g[i].name], folder,
		    (f->unfit ? 0 : 2) + (i < f->names ? 2 : 1));
}

/* ---- */

/* The folder of the rows from *r on, of which the last one read is left in *r.
 * Returns whether there is such a one. */
static int
read_folder(struct plan *p, char **s, struct row *r, struct folder *f)
{
	VEC(const char *) provides = { 0 };
	const char *dir = r->dir;
	int more;

	do {
		learn(p, f, r);
		plan_must(vec_push(&provides, r->trouble ? "" : r->provides));
		more = row_next(s, r);
	} while (more && !strcmp(r->dir, dir));
	learn_gives(p, f, provides.at);
	vec_free(&provides);
	return more;
}

static void
catalog_rows(struct plan *p, char *s)
{
	struct row r;
	uint32_t name, number;
	int more = row_next(&s, &r);

	while (more) {
		if (!catalog_is_unit(r.dir)) {
			more = row_next(&s, &r);
			continue;
		}
		number = (uint32_t)p->folders.len;
		name = symbol_of(&p->names, r.dir, strlen(r.dir));
		p->names.v[name].folder = number;
		more = read_folder(p, &s, &r, new_folder(p, r.dir, NULL));
		learn_makers(p, number);
	}
}

int
catalog_tree(struct plan *p)
{
	size_t i;
	int code = tree_read(&p->rows, p->tree, p->arch);

	for (i = 0; !code && i < p->rows.n; i++)
		catalog_rows(p, p->rows.lines[i].s);
	p->of_tree = (uint32_t)p->folders.len;
	return code;
}

static void
read_bundle(struct plan *p, const char *path, struct buf *text)
{
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC), got;
	struct parts parts;

	if (fd < 0)
		die_sys(EX_NOINPUT, "bundle %s", path);
	plan_must(parts_init(&parts, p->arch));
	got = parts_read(&parts, fd, "");
	plan_must(got);
	if (!got)
		die(EX_NOINPUT, "bundle %s: there is no spec in it", path);
	close(fd);
	*text = parts.p.out;
	parts.p.out = (struct buf){ 0 };
	parts_free(&parts);
}

uint32_t
catalog_bundle(struct plan *p, const char *path)
{
	struct buf unit = { 0 }, text;
	struct folder *f;
	uint32_t name;
	struct row r;
	char *s;

	plan_must(unit_of_path(&unit, path, p->tree));
	s = plan_keep(p, "%s", unit.s);
	buf_free(&unit);
	name = symbol_of(&p->names, s, strlen(s));
	if (p->names.v[name].folder != NONE)
		return p->names.v[name].folder;
	p->names.v[name].folder = (uint32_t)p->folders.len;
	new_folder(p, s, plan_keep(p, "%s", path));

	read_bundle(p, path, &text);
	plan_must(vec_push(&p->files, text));
	s = text.s;
	f = &p->folders.at[p->names.v[name].folder];
	if (row_next(&s, &r))
		read_folder(p, &s, &r, f);
	else
		learn_gives(p, f, NULL);
	return p->names.v[name].folder;
}
