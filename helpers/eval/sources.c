#include <stdio.h>
#include <string.h>

#include "parse.h"
#include "eval/naming.h"
#include "eval/show.h"
#include "eval/source.h"
#include "eval/sources.h"

/* The table as it grows. */
struct table {
	const struct vars *vars;
	const struct sources *wish;
	struct naming naming;
	struct buf *out;
	unsigned n;
	struct why *why;
};

/* The forms of 2020 that name one repository. */
static const struct {
	const char *type, *url, *commit, *branch;
} repositories[] = {
	{ "git", "GITSRC", "GITCO", "GITBRCH" },
	{ "svn", "SVNSRC", "SVNCO", NULL },
	{ "hg", "HGSRC", "HGCO", NULL },
	{ "bzr", "BZRSRC", "BZRCO", NULL },
	{ "fossil", "FSLSRC", "FSLCO", NULL },
};

/* The next word at *s, which moves behind it; n is 0 at the end. */
static struct span
next_word(const char **s)
{
	struct span w;

	*s += strspn(*s, " \t\n\r\v\f");
	w.s = *s;
	w.n = strcspn(*s, " \t\n\r\v\f");
	*s += w.n;
	return w;
}

static unsigned
count_words(const char *s)
{
	unsigned n;

	for (n = 0; next_word(&s).n; n++)
		;
	return n;
}

/* The value of name, NULL when unset or blank. */
static const char *
value(const struct table *t, const char *name)
{
	const char *s = vars_get(t->vars, name);

	return s && count_words(s) ? s : NULL;
}

int
sources_none(const struct vars *t, int *none, struct why *w)
{
	const char *s = vars_get(t, "DUMMYSRC");

	*none = 0;
	if (s && count_words(s) && parse_bool(s, none) < 0)
		return why_not(w, "DUMMYSRC is neither yes nor no: %.100s", s);
	return 0;
}

/* Adds the line of a source, which gets its name. */
static int
line(struct table *t, struct source *s, const char *digest)
{
	const char *file = t->wish->file;
	int bad = 0;

	if (naming_apply(&t->naming, s, t->n, t->why) < 0)
		return -1;
	if (file)
		bad |= show_escaped(t->out, file, strlen(file)) < 0 ||
		    buf_putc(t->out, '\t') < 0;
	bad |= buf_printf(t->out, "%u\t%s\t%s\t", ++t->n, s->type, digest);
	bad |= buf_put(t->out, s->name.s, s->name.n);
	bad |= buf_putc(t->out, '\t');
	bad |= s->options.n ? buf_put(t->out, s->options.s, s->options.n) :
	    buf_putc(t->out, '-');
	bad |= buf_printf(t->out, "\t%s", s->scheme);
	bad |= s->url.n ? buf_put(t->out, s->url.s, s->url.n) :
	    buf_putc(t->out, '-');
	bad |= buf_putc(t->out, '\n');
	return bad ? why_not(t->why, "out of memory") : 0;
}

/* Says which entry of which variable the reason is about. */
static int
blame(struct table *t, const char *name, unsigned entry, unsigned entries)
{
	char old[400];

	snprintf(old, sizeof(old), "%s", t->why->s);
	t->why->name = name;
	t->why->entry = entry;
	t->why->entries = entries;
	return why_not(t->why, "%s, entry %u: %s", name, entry, old);
}

/* One entry of a list; tbl says that it is a tarball. */
static int
parse(struct table *t, struct source *s, struct span word, int tbl)
{
	return tbl ? source_make(s, "tarball", (struct span){ "", 0 }, word, t->why) :
	    source_parse(s, word, t->why);
}

/* Looks whether one of the words is renamed to what a repository would be called. */
static void
mark_taken(struct table *t, const char *words)
{
	const char *package = t->naming.package;
	size_t n = package ? strlen(package) : 0;
	struct source s;
	struct span word;

	while (package && (word = next_word(&words)).n)
		if (parse(t, &s, word, 0) == 0 && s.renamed && s.name.n == n &&
		    !memcmp(s.name.s, package, n))
			t->naming.taken = 1;
}

/* The sources in the variable `list`, their digests in `sums`; tbl says that
 * all are tarballs, as in 2020, when a digest could be left out. */
static int
listed(struct table *t, const char *list, const char *sums, int tbl)
{
	int look = !t->wish->no_digests;
	const char *words = value(t, list);
	const char *digests = look ? value(t, sums) : NULL;
	unsigned n = count_words(words), m = digests ? count_words(digests) : 0, i;
	struct source s;
	char digest[DIGEST_ROOM] = "SKIP";

	if (digests && n != m)
		return why_not(t->why, "%s has %u, but %s has %u", list, n, sums, m);
	if (!tbl)
		mark_taken(t, words);
	for (i = 1; i <= n; i++) {
		if (parse(t, &s, next_word(&words), tbl) < 0)
			return blame(t, list, i, n);
		if (digests &&
		    source_digest(digest, &s, next_word(&digests), t->why) < 0)
			return blame(t, sums, i, n);
		if (!digests && look && s.digested && !tbl)
			return why_not(t->why, "no %s", sums);
		if (line(t, &s, digest) < 0)
			return blame(t, list, i, n);
	}
	return 0;
}

/* "commit=X;branch=Y" of the variables of 2020. */
static int
options_of_2020(struct table *t, size_t i, struct buf *options)
{
	const char *names[] = { repositories[i].commit, repositories[i].branch };
	static const char *const keys[] = { "commit", "branch" };
	const char *s;
	struct span word;
	size_t k;

	for (k = 0; k < 2; k++) {
		s = names[k] ? value(t, names[k]) : NULL;
		if (!s)
			continue;
		word = next_word(&s);
		if (next_word(&s).n || memchr(word.s, ';', word.n))
			return why_not(t->why, "%s is not one word", names[k]);
		if (buf_printf(options, "%s%s=%.*s", options->len ? ";" : "",
		    keys[k], (int)word.n, word.s) < 0)
			return why_not(t->why, "out of memory");
	}
	return 0;
}

static int
repository(struct table *t, size_t i)
{
	const char *url = value(t, repositories[i].url);
	struct buf options = { 0 };
	struct source s;
	struct span word;
	int got = -1;

	if (!url)
		return 0;
	word = next_word(&url);
	if (next_word(&url).n)
		return why_not(t->why, "%s is not one word", repositories[i].url);
	if (options_of_2020(t, i, &options) == 0) {
		got = source_make(&s, repositories[i].type, (struct span){
		    options.len ? options.s : "", options.len }, word, t->why);
		if (got == 0)
			got = line(t, &s, "SKIP");
		if (got < 0)
			blame(t, repositories[i].url, 1, 1);
	}
	buf_free(&options);
	return got;
}

static int
fill(struct table *t)
{
	int none;
	size_t i;

	if (sources_none(t->vars, &none, t->why) < 0)
		return -1;
	if (none)
		return 0;
	if (value(t, "SRCS"))
		return listed(t, "SRCS", "CHKSUMS", 0);
	if (value(t, "SRCTBL") && listed(t, "SRCTBL", "CHKSUM", 1) < 0)
		return -1;
	for (i = 0; i < sizeof(repositories) / sizeof(*repositories); i++)
		if (repository(t, i) < 0)
			return -1;
	return t->n ? 0 : why_not(t->why, "no sources: neither SRCS nor "
	    "DUMMYSRC is set");
}

int
sources_table(struct buf *out, const struct vars *vars, const struct sources *x,
    struct why *w)
{
	struct table t = { .vars = vars, .wish = x, .out = out, .why = w,
	    .naming = { .package = x->package, .version = vars_get(vars, "VER") } };
	size_t before = out->len;

	if (fill(&t) == 0)
		return 0;
	out->len = before;
	return -1;
}
