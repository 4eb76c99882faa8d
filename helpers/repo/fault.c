/* What apt minds in a stanza. */
#include <string.h>
#include <strings.h>

#include "repo/stanza.h"

#define DIGITS "0123456789"
#define LOWER "abcdefghijklmnopqrstuvwxyz"
#define ALNUM DIGITS LOWER "ABCDEFGHIJKLMNOPQRSTUVWXYZ"

enum {
	MOST_TEXT = 500000,	/* bytes of a stanza, with its newlines */
	MOST_WORD = 255,	/* bytes of a name, a version, a plain value */
};

enum kind { NAME, VERSION, ARCH, WORD, ANY, ALL };

static const struct rule {
	const char *name;
	enum kind kind;
} rules[] = {
	{ "Package", WORD }, { "Version", WORD }, { "Architecture", WORD },
	{ "Section", WORD }, { "Priority", WORD }, { "Source", WORD },
	{ "Multi-Arch", WORD },
	/* Alternatives are allowed in the first five of these. */
	{ "Pre-Depends", ANY }, { "Depends", ANY }, { "Recommends", ANY },
	{ "Suggests", ANY }, { "Enhances", ANY },
	{ "Conflicts", ALL }, { "Breaks", ALL }, { "Replaces", ALL },
	{ "Provides", ALL }, { "Obsoletes", ALL },
	{ NULL, WORD },
};

/* These have to be there, and to be well; the first that is not ends the search. */
static const struct need {
	const char *name;
	enum kind kind;
	const char *fault;
} needs[] = {
	{ "Package", NAME, "Package is not a name" },
	{ "Version", VERSION, "Version is none" },
	{ "Architecture", ARCH, "Architecture is none" },
	{ NULL, WORD, NULL },
};

/* Cuts n bytes off the front. */
static void
skip(struct span *s, size_t n)
{
	s->s += n;
	s->len -= n;
}

/* How many bytes at the front of s are of set. */
static size_t
count(struct span s, const char *set)
{
	size_t n = 0;

	/* strchr finds the NUL of any string. */
	while (n < s.len && s.s[n] && strchr(set, s.s[n]))
		n++;
	return n;
}

/* Cuts a word off the front: a first byte of one set, then bytes of another.  Returns
 * 0 when there is none. */
static int
word(struct span *s, const char *first, const char *rest)
{
	if (!s->len || !*s->s || !strchr(first, *s->s))
		return 0;
	skip(s, 1);
	skip(s, count(*s, rest));
	return 1;
}

static int
name(struct span *s)
{
	return word(s, ALNUM, ALNUM "+._-");
}

static int
version(struct span *s)
{
	return word(s, ALNUM, ALNUM ".+~:_-");
}

/* A value that goes on in the next line has a newline where a blank could be. */
static void
blanks(struct span *s)
{
	skip(s, count(*s, " \n"));
}

/* Cuts "(>= VERSION)" off the front, behind its parenthesis. */
static int
relation(struct span *s)
{
	blanks(s);
	if (!s->len || !strchr("<=>", *s->s) || !*s->s)
		return 0;
	if (s->len > 1 && ((*s->s != '=' && s->s[1] == '=') ||
	    (*s->s != '=' && s->s[1] == *s->s)))
		skip(s, 1);
	skip(s, 1);
	blanks(s);
	if (!version(s))
		return 0;
	blanks(s);
	if (!s->len || *s->s != ')')
		return 0;
	skip(s, 1);
	return 1;
}

/* Cuts "NAME:ARCH (>= VERSION)" off the front, of which only NAME has to be there,
 * and the blanks behind. */
static int
item(struct span *s)
{
	if (!name(s))
		return 0;
	if (s->len && *s->s == ':') {
		skip(s, 1);
		if (!word(s, DIGITS LOWER "-", DIGITS LOWER "-"))
			return 0;
	}
	blanks(s);
	if (s->len && *s->s == '(') {
		skip(s, 1);
		if (!relation(s))
			return 0;
		blanks(s);
	}
	return 1;
}

/* Whether s is items with one of separators between them.  A comma may end it. */
static int
list(struct span s, const char *separators)
{
	int comma;

	blanks(&s);
	if (!s.len)
		return 1;
	for (;;) {
		if (!item(&s))
			return 0;
		if (!s.len)
			return 1;
		if (!*s.s || !strchr(separators, *s.s))
			return 0;
		comma = *s.s == ',';
		skip(&s, 1);
		blanks(&s);
		if (!s.len)
			return comma;
	}
}

static int
long_word(struct span s)
{
	size_t n;

	while (s.len) {
		for (n = 0; n < s.len && !strchr(" \n,|()", s.s[n]); )
			n++;
		if (n > MOST_WORD)
			return 1;
		skip(&s, n + (n < s.len));
	}
	return 0;
}

/* What is wrong with a value, in words that go behind the field's name; or NULL. */
static const char *
wrong(enum kind kind, struct span s)
{
	switch (kind) {
	case NAME:
		return name(&s) && !s.len ? NULL : "";
	case VERSION:
		return version(&s) && !s.len ? NULL : "";
	case ARCH:
		return word(&s, DIGITS LOWER "-", DIGITS LOWER "-") && !s.len ? NULL : "";
	case WORD:
		return s.len > MOST_WORD ? "is too long" : NULL;
	case ANY:
	case ALL:
		if (!list(s, kind == ANY ? ",|" : ","))
			return "cannot be parsed";
		return long_word(s) ? "holds a word that is too long" : NULL;
	}
	return NULL;
}

/* Looks at every field of that name, of which apt may read any.  Returns what is
 * wrong with one, or NULL; *n gets how many there are. */
static const char *
field_fault(struct span stanza, const char *field, enum kind kind, int *n)
{
	size_t len = strlen(field);
	struct span key, value;
	const char *what = NULL;

	*n = 0;
	while (!what && stanza_field(&stanza, &key, &value))
		if (key.len == len && !strncasecmp(key.s, field, len)) {
			++*n;
			what = wrong(kind, value);
		}
	return what;
}

int
stanza_fault(struct span stanza, struct buf *why)
{
	const struct need *need;
	const struct rule *rule;
	const char *what;
	size_t begin = why->len;
	int n;

	for (need = needs; need->name; need++) {
		what = field_fault(stanza, need->name, need->kind, &n);
		if (what || !n)
			return buf_puts(why, need->fault) < 0 ? -1 : 1;
	}
	if (stanza.len > MOST_TEXT)
		return buf_puts(why, "its description is too long") < 0 ? -1 : 1;
	for (rule = rules; rule->name; rule++) {
		what = field_fault(stanza, rule->name, rule->kind, &n);
		if (what && buf_printf(why, "%s%s %s", why->len > begin ? "; " : "",
		    rule->name, what) < 0)
			return -1;
	}
	return why->len > begin;
}
