#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

#include "err.h"
#include "eval/parts.h"
#include "eval/names.h"
#include "eval/needs.h"
#include "eval/output.h"
#include "eval/row.h"

/* A word that is needed, or a name that is made, by a part: the number of its
 * line, from 1. */
struct word {
	char *s;
	unsigned part;
	int build;		/* needed by the build itself */
};

struct list {
	struct word *v;
	size_t n, room;
};

struct needs {
	struct list wants, makes;
	const char *from;	/* the first package; NULL for none */
	int partly;
};

static void
must(int got)
{
	if (got < 0)
		die_sys(EX_OSERR, "needs");
}

static void
add(struct list *l, char *s, unsigned part, int build)
{
	if (l->n == l->room) {
		l->room = l->room ? 2 * l->room : 64;
		l->v = reallocarray(l->v, l->room, sizeof(*l->v));
		must(l->v ? 0 : -1);
	}
	l->v[l->n++] = (struct word){ s, part, build };
}

/* Cuts words at their blanks. */
static void
add_words(struct list *l, char *words, unsigned part, int build)
{
	char *s;

	while ((s = strsep(&words, " ")))
		if (*s)
			add(l, s, part, build);
}

static int
by_word(const void *a, const void *b)
{
	const struct word *x = a, *y = b;
	int c = strcmp(x->s, y->s);

	return c ? c : (x->part > y->part) - (x->part < y->part);
}

/* ---- a dependency: "name", "name:any>=1", and several of them with bars ---- */

static size_t
name_len(const char *s)
{
	return strcspn(s, ":<>=|");
}

/* Whether s begins with one that is well made; *end is behind it. */
static int
is_dependency(const char *s, const char **end)
{
	size_t n;

	if (!isalnum((unsigned char)*s))
		return 0;
	s += strspn(s, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
	    "0123456789+.-");
	if (*s == ':') {
		n = strspn(s + 1, "abcdefghijklmnopqrstuvwxyz0123456789-");
		if (!n)
			return 0;
		s += 1 + n;
	}
	if (*s && strchr("<>=", *s)) {
		s += strspn(s, "<>=");
		n = strspn(s, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
		    "0123456789.+~:-");
		if (!n)
			return 0;
		s += n;
	}
	*end = s;
	return 1;
}

static int
is_well_made(const char *s)
{
	for (; is_dependency(s, &s); s++)
		if (!*s)
			return 1;
		else if (*s != '|')
			return 0;
	return 0;
}

/* The part that makes the first of the alternatives that any of them does; 0 for
 * none.  Of several parts that make it, the first. */
static unsigned
maker(const struct list *makes, const char *s)
{
	size_t low, high, mid, n;
	int c;

	for (;; s++) {
		n = name_len(s);
		for (low = 0, high = makes->n; low < high; ) {
			mid = low + (high - low) / 2;
			c = strncmp(makes->v[mid].s, s, n);
			if (c < 0)
				low = mid + 1;
			else
				high = mid;
		}
		if (low < makes->n && !strncmp(makes->v[low].s, s, n) &&
		    !makes->v[low].s[n])
			return makes->v[low].part;
		s = strchr(s, '|');
		if (!s)
			return 0;
	}
}

/* ---- */

static void
learn(struct needs *x, struct row *r, unsigned line)
{
	size_t i = x->makes.n;

	if (r->trouble) {
		x->partly = 1;
		return;
	}
	if (!x->from)
		x->from = r->name;
	add(&x->makes, r->name, line, 0);
	add_words(&x->makes, r->provides, line, 0);
	for (; i < x->makes.n; i++)
		x->makes.v[i].s[strcspn(x->makes.v[i].s, "<>=")] = '\0';
	/* autobuild refuses one that is not for arch before anything else. */
	if (strcmp(r->fits, "ok")) {
		x->partly = 1;
		return;
	}
	add_words(&x->wants, r->build, line, 1);
	if (strcmp(r->more, "buildonly"))
		add_words(&x->wants, r->run, line, 0);
}

/* Keeps the words that others have to give. */
static void
keep_wanted(struct needs *x)
{
	const struct word *w;
	size_t i, n = 0;
	unsigned by;

	for (i = 0; i < x->wants.n; i++) {
		w = &x->wants.v[i];
		by = maker(&x->makes, w->s);
		/* What it takes to build itself, a compiler say, comes from
		 * elsewhere. */
		if (!by || (w->build && by >= w->part))
			x->wants.v[n++] = *w;
		else if (by >= w->part)
			x->partly = 1;	/* and is not there when it is looked for */
	}
	x->wants.n = n;
}

static const char *
bad_word(const struct needs *x)
{
	size_t i;

	for (i = 0; i < x->wants.n; i++)
		if (!is_well_made(x->wants.v[i].s))
			return x->wants.v[i].s;
	return NULL;
}

static void
put(struct needs *x, struct buf *out)
{
	const char *bad = bad_word(x), *last = NULL;
	size_t i;

	if (bad) {
		must(buf_printf(out, "bad\n%s\n", bad));
		return;
	}
	if (x->makes.n)
		qsort(x->makes.v, x->makes.n, sizeof(*x->makes.v), by_word);
	keep_wanted(x);
	if (x->wants.n)
		qsort(x->wants.v, x->wants.n, sizeof(*x->wants.v), by_word);
	must(buf_printf(out, "%s\n%s\n", x->partly || !x->from ? "partly" : "done",
	    x->from ? x->from : "-"));
	for (i = 0; i < x->wants.n; i++) {
		if (!last || strcmp(last, x->wants.v[i].s))
			must(buf_printf(out, "%s\n", x->wants.v[i].s));
		last = x->wants.v[i].s;
	}
}

/* ---- stage 2: other defines are read than ours ---- */

static int
has_stage2(const char *modifiers)
{
	const char *s = modifiers;

	for (; s && *s; s++)
		if (!strncasecmp(s, "+stage2", 7))
			return 1;
	return 0;
}

static int
is_folder(int dir, const struct dirent *e)
{
	return *e->d_name != '.' && names_folder(dir, e);
}

static int
any_order(const void *a, const void *b)
{
	return strcmp(((const struct name *)a)->raw, ((const struct name *)b)->raw);
}

static int
has_stage2_defines(int dir)
{
	struct names l = { 0 };
	struct stat st;
	char *path;
	size_t i;
	int found = 0;

	if (names_read(&l, dir, is_folder, any_order) < 0)
		found = 1;	/* there may be */
	for (i = 0; i < l.n && !found; i++) {
		must(asprintf(&path, "%s/defines.stage2", l.v[i].raw));
		found = fstatat(dir, path, &st, AT_SYMLINK_NOFOLLOW) == 0;
		free(path);
	}
	names_free(&l);
	return found;
}

int
needs_print(const char *bundle, const char *arch, const char *modifiers)
{
	int fd = open(bundle, O_RDONLY | O_DIRECTORY | O_CLOEXEC), got;
	struct needs x = { 0 };
	struct buf out = { 0 };
	struct parts b;
	struct row row;
	unsigned line = 0;
	char *s;

	if (fd < 0) {
		warn_sys("%s", bundle);
		return EX_NOINPUT;
	}
	must(parts_init(&b, arch));
	b.p.more = 1;
	got = parts_read(&b, fd, "");
	must(got);
	if (got && has_stage2(modifiers) && has_stage2_defines(fd)) {
		must(buf_puts(&out, "partly\n-\n"));
	} else if (got) {
		s = b.p.out.s;
		while (row_next(&s, &row))
			learn(&x, &row, ++line);
		put(&x, &out);
	} else {
		warn_msg("%s: there is no spec in it", bundle);
	}
	close(fd);
	output_flush(&out, 1);
	parts_free(&b);
	buf_free(&out);
	free(x.wants.v);
	free(x.makes.v);
	return got ? 0 : EX_NOINPUT;
}
