#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "err.h"
#include "eval/names.h"
#include "file.h"
#include "parse.h"
#include "plan/ask.h"
#include "plan/likely.h"

/* A hostile tree may nest groups deeply, and include one from many places: each is
 * read once, and gone through once for each set of modifiers, without recursion. */

enum { GROUP_TEXT = 4 << 20 };

static int
is_name(const char *s)
{
	return *s && *s != '.' && !s[strspn(s, "abcdefghijklmnopqrstuvwxyz"
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._+~@-")];
}

static int
may_be_group(int dir, const struct dirent *e)
{
	(void)dir;
	return is_name(e->d_name);
}

static int
by_bytes(const void *a, const void *b)
{
	return strcmp(((const struct name *)a)->raw, ((const struct name *)b)->raw);
}

/* A file, or a link to another group by its name.  Links that lead elsewhere are
 * none, so a tree shows no file but its own. */
static void
add(struct ask *a, const char *name)
{
	struct plan *p = a->p;
	struct group g = { 0 };
	char other[NAME_MAX + 1];
	struct stat st;
	uint32_t i;
	ssize_t n;

	if (fstatat(a->dir, name, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return;
	if (S_ISLNK(st.st_mode)) {
		n = readlinkat(a->dir, name, other, sizeof(other) - 1);
		other[n < 0 ? 0 : n] = '\0';
		if (n < 0 || !is_name(other))
			return;
		g.link = plan_keep(p, "groups/%s", other);
	} else if (!S_ISREG(st.st_mode)) {
		return;
	}
	g.name = plan_keep(p, "groups/%s", name);
	i = symbol_of(&p->names, g.name, strlen(g.name));
	p->names.v[i].group = (uint32_t)a->groups.len;
	plan_must(vec_push(&a->group_names, g.name));
	plan_must(vec_push(&a->groups, g));
}

void
group_list(struct ask *a)
{
	int tree = open(a->p->tree, O_PATH | O_DIRECTORY | O_CLOEXEC);
	struct names l = { 0 };
	size_t i;

	a->dir = tree < 0 ? -1 : openat(tree, "groups", O_RDONLY | O_DIRECTORY |
	    O_NOFOLLOW | O_CLOEXEC);
	if (a->dir < 0) {
		if (tree < 0 || (errno != ENOENT && errno != ENOTDIR && errno != ELOOP))
			die_sys(EX_NOINPUT, "%s/groups", a->p->tree);
		close(tree);
		return;
	}
	close(tree);
	if (names_read(&l, a->dir, may_be_group, by_bytes) < 0)
		die_sys(EX_NOINPUT, "%s/groups", a->p->tree);
	for (i = 0; i < l.n; i++)
		add(a, l.v[i].raw);
	names_free(&l);
}

static void
entry(struct group *g, char *word, unsigned line)
{
	struct entry e = { word, NULL, line };
	char *colon = strrchr(word, ':');

	if (colon && (colon[1] == '+' || colon[1] == '-')) {
		*colon = '\0';
		e.modifiers = colon + 1;
	}
	plan_must(vec_push(&g->entry, e));
}

static void
read_lines(struct group *g, char *text)
{
	char *line, *word;
	unsigned n = 0;

	while ((line = strsep(&text, "\n"))) {
		n++;
		line[strcspn(line, "#")] = '\0';
		while ((word = strsep(&line, " \t\r")))
			if (*word)
				entry(g, word, n);
	}
}

static void
group_read(struct ask *a, struct group *g)
{
	struct buf text = { 0 };

	g->read = 1;
	plan_must(vec_push(&a->p->groups, g->name));
	if (g->link) {
		plan_must(vec_push(&g->entry, (struct entry){ g->link, NULL, 1 }));
		return;
	}
	if (file_get(a->dir, g->name + 7, GROUP_TEXT, &text) < 0)
		ask_fail(a, errno == EFBIG ? EX_DATAERR : EX_NOINPUT, "%s: %s", g->name,
		    errno == EFBIG ? "more than 4 MiB" : strerror(errno));
	else if (text.len && strlen(text.s) != text.len)
		ask_fail(a, EX_DATAERR, "%s: a NUL byte: this is no text", g->name);
	else if (text.s)
		read_lines(g, text.s);
	plan_must(vec_push(&a->p->files, text));
}

static void
say_cycle(struct ask *a, const struct group *g)
{
	struct buf way = { 0 };
	size_t i;

	for (i = g->inside - 1; i < a->way.len; i++)
		plan_must(buf_printf(&way, "%s -> ",
		    a->groups.at[a->way.at[i].group].name + 7));
	ask_fail(a, EX_DATAERR, "%s: includes itself: %s%s", g->name, way.s,
	    g->name + 7);
	buf_free(&way);
}

/* Whether it was gone through with these modifiers already; it is from now on. */
static int
was_walked(struct plan *p, const struct group *g, const char *modifiers)
{
	const char *key = plan_keep(p, "%s:%s", g->name, modifiers);
	struct symbol *y = symbol_at(&p->names, key, strlen(key));
	int was = y->walked;

	y->walked = 1;
	return was;
}

static void
enter(struct ask *a, const char *name, const char *modifiers)
{
	struct plan *p = a->p;
	uint32_t i = symbol_find(&p->names, name, strlen(name));
	struct group *g;

	i = i == NONE ? NONE : p->names.v[i].group;
	if (i == NONE && !p->tree) {
		ask_fail(a, EX_NOINPUT, "%s%s: no tree to look in; set [tree] path in "
		    "aoinb.ini, or give --tree=DIR", ask_before(a), name);
		return;
	}
	if (i == NONE) {
		ask_fail(a, EX_NOINPUT, "%s%s: no such group in %s%s", ask_before(a),
		    name, p->tree, likely(p, name, a->group_names.at, a->group_names.len));
		return;
	}
	g = &a->groups.at[i];
	if (!g->read)
		group_read(a, g);
	if (g->inside) {
		say_cycle(a, g);
	} else if (!was_walked(p, g, modifiers)) {
		plan_must(vec_push(&a->way, (struct level){ i, 0, modifiers }));
		g->inside = a->way.len;
	}
}

static void
want(struct ask *a, const struct group *g, const struct entry *e, const char *modifiers)
{
	a->place = NULL;
	a->group = g;
	a->line = e->line;
	if (e->modifiers && !parse_modifiers_ok(e->modifiers)) {
		ask_fail(a, EX_DATAERR, "%s%s: these are no modifiers", ask_before(a),
		    e->modifiers);
		return;
	}
	if (e->modifiers)
		modifiers = e->modifiers;
	if (!strncmp(e->name, "groups/", 7))
		enter(a, e->name, modifiers);
	else
		ask_add_named(a, e->name, modifiers);
}

void
group_walk(struct ask *a, const char *name, const char *modifiers)
{
	struct level *l;
	struct group *g;

	enter(a, name, modifiers);
	while (a->way.len) {
		l = &a->way.at[a->way.len - 1];
		g = &a->groups.at[l->group];
		if (l->next == g->entry.len) {
			g->inside = 0;
			a->way.len--;
		} else {
			l->next++;
			want(a, g, &g->entry.at[l->next - 1], l->modifiers);
		}
	}
}

void
group_free(struct ask *a)
{
	size_t i;

	for (i = 0; i < a->groups.len; i++)
		vec_free(&a->groups.at[i].entry);
	vec_free(&a->groups);
	vec_free(&a->group_names);
	vec_free(&a->way);
	if (a->dir >= 0)
		close(a->dir);
}
