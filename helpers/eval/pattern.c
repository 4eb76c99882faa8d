#include <string.h>
#include <wctype.h>

#include "eval/glob.h"
#include "eval/param.h"
#include "eval/utf8.h"

/* A pattern and a text, made ready for each other. */
struct match {
	struct buf pattern;
	struct glob glob;
	struct runes text;
	int bytes;
};

static int
match_make(struct eval *e, struct match *m, const struct param *v, size_t skip)
{
	const char *pattern = m->pattern.len ? m->pattern.s + skip : "";
	size_t len = m->pattern.len - skip;

	m->bytes = !utf8_valid(v->value, v->len) || !utf8_valid(pattern, len);
	if (glob_make(&m->glob, pattern, len, m->bytes, &e->work) < 0 ||
	    runes_make(&m->text, v->value, v->len, m->bytes) < 0)
		return eval_limit(e, "out of memory");
	return 0;
}

static void
match_free(struct match *m)
{
	buf_free(&m->pattern);
	glob_free(&m->glob);
	runes_free(&m->text);
}

/* How many bytes n characters at s are. */
static size_t
match_bytes(const struct match *m, const char *s, size_t room, size_t n)
{
	return m->bytes ? n : utf8_offset(s, room, n);
}

/* Reads the pattern at e->p. */
static int
pattern_read(struct eval *e, struct match *m, unsigned stop)
{
	struct piece w = { &m->pattern, PATTERN, BRACE, stop };

	return word_eval(e, &w);
}

/* ${V#p} ${V##p} ${V%p} ${V%%p} */
int
pattern_trim(struct eval *e, struct param *v)
{
	struct match m = { 0 };
	char op = *e->p++;
	int never, how = op == '%' ? GLOB_FROM_END : 0, got = -1;
	ptrdiff_t n;
	size_t cut;

	eval_join(e);
	if (*e->p == op) {
		how |= GLOB_LONG;
		e->p++;
	}
	if (pattern_read(e, &m, 0) < 0 || match_make(e, &m, v, 0) < 0)
		goto out;
	n = glob_match(&m.glob, m.text.c, m.text.n, how, &never);
	if (!e->work) {
		eval_limit(e, "too much work");
		goto out;
	}
	if (n < 0)
		n = 0;
	if (op == '#') {
		cut = match_bytes(&m, v->value, v->len, (size_t)n);
		got = param_put(e, v, v->value + cut, v->len - cut);
	} else {
		cut = match_bytes(&m, v->value, v->len, m.text.n - (size_t)n);
		got = param_put(e, v, v->value, cut);
	}
out:
	match_free(&m);
	return got;
}

/* Whether the pattern has what only an extended one has, as bash takes all of them
 * here: an unquoted "(" that came out of a variable. */
static int
is_extended(const struct buf *pattern)
{
	size_t i;

	for (i = 0; i < pattern->len; i++)
		if (pattern->s[i] == '\\')
			i++;
		else if (pattern->s[i] == '(')
			return 1;
	return 0;
}

int
pattern_is(struct eval *e, const struct buf *text, struct buf *pattern)
{
	struct param v = { .value = text->len ? text->s : "", .len = text->len };
	struct match m = { .pattern = *pattern };
	int never, got;

	*pattern = (struct buf){ 0 };
	if (is_extended(&m.pattern))
		got = eval_fail(e, e->p, "cannot evaluate an extended pattern");
	else
		got = match_make(e, &m, &v, 0);
	if (got == 0)
		got = glob_match(&m.glob, m.text.c, m.text.n, GLOB_LONG, &never) ==
		    (ptrdiff_t)m.text.n;
	if (got >= 0 && !e->work)
		got = eval_limit(e, "too much work");
	match_free(&m);
	return got;
}

/* The replacement for the n bytes at s that matched: "&" is these. */
static int
replace_one(struct eval *e, const struct piece *w, const struct buf *by,
    const char *s, size_t n)
{
	size_t i, run;

	for (i = 0; i < by->len; i += run) {
		run = strcspn(by->s + i, "&\\");
		if (run) {
			if (word_put(e, w, by->s + i, run, 0) < 0)
				return -1;
			continue;
		}
		run = 1;
		if (by->s[i] == '&') {
			if (word_put(e, w, s, n, 0) < 0)
				return -1;
			continue;
		}
		if (by->s[i + 1] == '&' || by->s[i + 1] == '\\')
			i++;
		if (word_put(e, w, by->s + i, 1, 0) < 0)
			return -1;
	}
	return 0;
}

/* How many characters the longest match at character i has, that ends there with
 * GLOB_FROM_END; -1 when nothing matches. */
static ptrdiff_t
match_at(const struct match *m, size_t i, int how, int *never)
{
	const uint32_t *s = m->text.c + i;
	size_t n = m->text.n - i, length = m->glob.length;

	if (how & GLOB_FROM_END) {
		s = m->text.c;
		n = i;
	}
	if (!length)
		return glob_match(&m->glob, s, n, GLOB_LONG | how, never);
	*never = n < length;
	if (*never)
		return -1;
	if (how & GLOB_FROM_END)
		s += n - length;
	n = length;
	return glob_match(&m->glob, s, n, GLOB_LONG | how, &(int){ 0 }) ==
	    (ptrdiff_t)n ? (ptrdiff_t)n : -1;
}

/* Puts v's value with what matches replaced to w: once, or all that do. */
static int
replace(struct eval *e, const struct param *v, const struct match *m,
    const struct buf *by, const struct piece *w, int all)
{
	const char *s = v->value, *end = v->value + v->len, *kept = s;
	size_t i = 0, len;
	int never = 0;
	ptrdiff_t n;

	if (!m->glob.n)
		return word_put(e, w, s, v->len, 0);
	do {
		n = match_at(m, i, 0, &never);
		len = match_bytes(m, s, (size_t)(end - s), n > 0 ? (size_t)n : 1);
		if (s == end)
			len = 0;
		if (n >= 0 && (n > 0 || s == end)) {
			if (word_put(e, w, kept, (size_t)(s - kept), 0) < 0 ||
			    replace_one(e, w, by, s, len) < 0)
				return -1;
			kept = s + len;
		}
		s += len;
		i += n > 0 ? (size_t)n : 1;
	} while (i < m->text.n && !never && e->work && (all || n < 0));
	return word_put(e, w, kept, (size_t)(end - kept), 0);
}

/* The same where the pattern must match at the beginning (or end). */
static int
replace_at(struct eval *e, const struct param *v, const struct match *m,
    const struct buf *by, const struct piece *w, int how)
{
	int never;
	size_t cut, end = v->len;
	ptrdiff_t n = match_at(m, how ? m->text.n : 0, how, &never);

	if (n < 0)
		return word_put(e, w, v->value, v->len, 0);
	if (!how) {
		cut = match_bytes(m, v->value, end, (size_t)n);
		if (replace_one(e, w, by, v->value, cut) < 0)
			return -1;
		return word_put(e, w, v->value + cut, end - cut, 0);
	}
	cut = match_bytes(m, v->value, end, m->text.n - (size_t)n);
	if (word_put(e, w, v->value, cut, 0) < 0)
		return -1;
	return replace_one(e, w, by, v->value + cut, end - cut);
}

/* Reads "pattern/replacement" at e->p.  Behind "//", a slash that comes first
 * is the pattern's. */
static int
substitution_read(struct eval *e, struct match *m, struct buf *by, int all)
{
	struct piece in = { &m->pattern, PATTERN, BRACE, 0 };
	struct piece w = { by, REPLACEMENT, BRACE, 0 };

	if (all && *e->p == '/' && word_put(e, &in, e->p++, 1, 1) < 0)
		return -1;
	if (pattern_read(e, m, STOP_SLASH) < 0)
		return -1;
	if (*e->p != '/')
		return 0;
	e->p++;
	return word_eval(e, &w);
}

/* Whether bash finds no match whatever the text: before it looks for one, it
 * tries the pattern with a star at either end, and gets that wrong for two
 * kinds.  One that ends in a lone backslash fails.  One that begins with "*" and
 * ends with a literal "\\*" must match up to the text's end. */
static int
ruled_out(const struct match *m)
{
	const char *p = m->pattern.s;
	size_t n = m->pattern.len, slashes = 0;
	int never;

	if (n == 0)
		return 0;
	if (p[0] == '*' && p[n - 1] == '*')
		return glob_match(&m->glob, m->text.c, m->text.n, GLOB_LONG,
		    &never) != (ptrdiff_t)m->text.n;
	while (slashes < n && p[n - 1 - slashes] == '\\')
		slashes++;
	return slashes % 2;
}

/* ${V/p/r} ${V//p/r} ${V/#p/r} ${V/%p/r} */
int
pattern_substitute(struct eval *e, struct param *v)
{
	struct match m = { 0 };
	struct buf by = { 0 }, text = { 0 };
	struct piece w = { &text, TEXT, VALUE, 0 };
	int all, got = -1;
	char at;

	e->p++;
	eval_join(e);
	all = *e->p == '/';
	e->p += all;
	if (substitution_read(e, &m, &by, all) < 0)
		goto out;
	/* bash looks for these in the pattern as it has become */
	at = !all && m.pattern.len && strchr("#%", m.pattern.s[0]) ?
	    m.pattern.s[0] : '\0';
	if (match_make(e, &m, v, at != '\0') < 0)
		goto out;
	got = ruled_out(&m) ? word_put(e, &w, v->value, v->len, 0) :
	    at ? replace_at(e, v, &m, &by, &w, at == '%' ? GLOB_FROM_END : 0) :
	    replace(e, v, &m, &by, &w, all);
	if (!e->work)
		got = eval_limit(e, "too much work");
	if (got == 0)
		got = param_put(e, v, text.len ? text.s : "", text.len);
out:
	match_free(&m);
	buf_free(&by);
	buf_free(&text);
	return got;
}

/* ---- ${V^p} ${V^^p} ${V,p} ${V,,p} ---- */

static int
recase(struct eval *e, const struct param *v, const struct match *m, int upper,
    int all, const struct piece *w)
{
	size_t i, len;
	uint32_t c;
	char out[4];
	int hit, never;

	for (i = 0; i < v->len && (all || i == 0); i += len) {
		len = utf8_get(v->value + i, v->len - i, &c);
		hit = len && (!m->glob.n ||
		    glob_match(&m->glob, &c, 1, GLOB_LONG, &never) == 1);
		if (!hit) {
			len = len ? len : 1;
			if (word_put(e, w, v->value + i, len, 0) < 0)
				return -1;
			continue;
		}
		c = (uint32_t)(upper ? towupper((wint_t)c) : towlower((wint_t)c));
		if (word_put(e, w, out, utf8_put(out, c), 0) < 0)
			return -1;
	}
	return word_put(e, w, v->value + i, v->len - i, 0);
}

int
pattern_case(struct eval *e, struct param *v)
{
	struct match m = { 0 };
	struct buf text = { 0 };
	struct piece w = { &text, TEXT, VALUE, 0 };
	char op = *e->p++;
	int all, got = -1;

	eval_join(e);
	all = *e->p == op;
	e->p += all;
	if (pattern_read(e, &m, 0) == 0 && match_make(e, &m, v, 0) == 0)
		got = recase(e, v, &m, op == '^', all, &w);
	if (got == 0)
		got = param_put(e, v, text.len ? text.s : "", text.len);
	match_free(&m);
	buf_free(&text);
	return got;
}
