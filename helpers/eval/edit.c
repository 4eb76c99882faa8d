#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "eval/edit.h"
#include "eval/eval.h"
#include "eval/place.h"

static const char *
newline_of(struct span text)
{
	const char *nl = memchr(text.s, '\n', text.n);

	return nl && nl > text.s && nl[-1] == '\r' ? "\r\n" : "\n";
}

static size_t
count(const char *words)
{
	size_t n = 0;

	while (*(words += strspn(words, PLACE_BLANKS))) {
		words += strcspn(words, PLACE_BLANKS);
		n++;
	}
	return n;
}

/* The next of words; n is 0 behind the last. */
static struct span
next(const char **words)
{
	struct span x;

	*words += strspn(*words, PLACE_BLANKS);
	x.s = *words;
	x.n = strcspn(*words, PLACE_BLANKS);
	*words += x.n;
	return x;
}

/* The value at p with words in the places of its own.  Returns 1; 0 when these
 * are not as many, with out as it was; or -1. */
static int
exchange(struct buf *out, const struct place *p, const char *words)
{
	char quote = *p->value == '"' || *p->value == '\'' ? *p->value : 0;
	const char *s = p->value + (quote != 0), *end = p->end - (quote != 0);
	size_t before = out->len, n = count(words), skip;
	struct span word;

	if (quote && (end < s || *end != quote ||
	    memchr(s, quote, (size_t)(end - s))))
		return 0;	/* pieces in several quotes */
	if (quote && buf_putc(out, quote) < 0)
		return -1;
	while (s < end) {
		skip = place_gap(s, end, quote);
		if (buf_put(out, s, skip) < 0)
			return -1;
		s += skip;
		if (s == end)
			break;
		word = next(&words);
		if (!word.n)
			break;
		n--;
		if (buf_put(out, word.s, word.n) < 0)
			return -1;
		while (s < end && !place_gap(s, end, quote))
			s++;
	}
	if (n || s < end) {
		out->len = before;
		return 0;
	}
	return quote && buf_putc(out, quote) < 0 ? -1 : 1;
}

/* words in quotes, each on a line of its own below the first. */
static int
fresh(struct buf *out, const char *name, const char *words, const char *newline)
{
	struct span word;
	int first = 1, r = buf_putc(out, '"');

	while (r == 0 && (word = next(&words)).n) {
		if (!first)
			r = buf_printf(out, " \\%s%*s", newline,
			    (int)strlen(name) + 2, "");
		if (r == 0)
			r = buf_put(out, word.s, word.n);
		first = 0;
	}
	return r < 0 ? -1 : buf_putc(out, '"');
}

static int
replace(struct buf *out, struct span text, const char *name, const char *words,
    const struct place *p, struct why *w)
{
	size_t len = (size_t)(p->end - p->value);
	int r;

	if (p->times > 1 || p->added)
		return why_not(w, "%s is set more than once", name);
	if (memchr(p->value, '$', len))
		return why_not(w, "%s is made of other variables", name);
	if (buf_put(out, text.s, (size_t)(p->value - text.s)) < 0)
		return why_not(w, "out of memory");
	r = len ? exchange(out, p, words) : 0;
	if (r == 0)
		r = fresh(out, name, words, newline_of(text));
	if (r < 0 || buf_put(out, p->end,
	    text.n - (size_t)(p->end - text.s)) < 0)
		return why_not(w, "out of memory");
	return 0;
}

/* Behind the line on which list is assigned, with nothing on it but a comment. */
static int
insert(struct buf *out, struct span text, const char *name, const char *words,
    const char *list, struct why *w)
{
	const char *newline = newline_of(text), *rest;
	struct place p;
	size_t head;
	int bad = 0;

	if (place_find(&p, text.s, list) < 0 || !p.times)
		return why_not(w, "neither %s nor %s is set", name, list);
	rest = p.end + strspn(p.end, " \t\r;");
	if (*rest == '#')
		rest += strcspn(rest, "\n");
	if (*rest && *rest != '\n')
		return why_not(w, "%s is missing, and more than %s stands on "
		    "the line before", name, list);
	head = (size_t)(rest - text.s) + (*rest == '\n');
	bad |= buf_put(out, text.s, head) < 0;
	if (!*rest)
		bad |= buf_puts(out, newline) < 0;
	bad |= buf_printf(out, "%s=", name) < 0;
	bad |= fresh(out, name, words, newline) < 0;
	if (*rest)
		bad |= buf_puts(out, newline) < 0;
	bad |= buf_put(out, text.s + head, text.n - head) < 0;
	return bad ? why_not(w, "out of memory") : 0;
}

/* Adds text to out with one of them changed. */
static int
change(struct buf *out, struct span text, const char *name, const char *words,
    struct why *w)
{
	char list[256];
	struct place p;

	if (place_find(&p, text.s, name) < 0)
		return why_not(w, "cannot find the place of %s", name);
	if (p.times)
		return replace(out, text, name, words, &p, w);
	if (strncmp(name, "CHKSUM", 6))
		return why_not(w, "%s is not set", name);
	if (!strcmp(name, "CHKSUM"))
		snprintf(list, sizeof(list), "SRCTBL");
	else
		snprintf(list, sizeof(list), "SRCS%.200s", name + 7);
	return insert(out, text, name, words, list, w);
}

/* The value that v has, or is to have: edits wins. */
static int
is_edited(const struct var *v, const struct edit *edits, size_t n,
    const char **words)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (!strcmp(v->name, edits[i].name)) {
			*words = edits[i].words;
			return 1;
		}
	return 0;
}

static int
same_words(const char *a, const char *b)
{
	struct span x, y;

	do {
		x = next(&a);
		y = next(&b);
		if (x.n != y.n || memcmp(x.s, y.s, x.n))
			return 0;
	} while (x.n);
	return 1;
}

/* Whether after says what before says, but for the edits. */
static int
check(const struct vars *before, const struct vars *after,
    const struct edit *edits, size_t n, int alone, struct why *w)
{
	const struct var *v, *old;
	const char *words;

	for (v = after->v; v < after->v + after->n; v++) {
		old = vars_find(before, v->name, v->name_len);
		if (is_edited(v, edits, n, &words) ?
		    !v->value || !same_words(v->value, words) :
		    !old || !old->value != !v->value ||
		    (alone && v->value && strcmp(v->value, old->value)))
			return why_not(w, "%s would not be what it should be",
			    v->name);
	}
	return 0;
}

/* Evaluates a copy, since CRs are taken out of what is evaluated. */
static int
evaluate(struct eval *e, struct span text, void (*report)(void *, size_t,
    const char *), void *arg)
{
	char *copy = malloc(text.n + 1);
	int r = -1;

	if (eval_init(e) == 0 && copy) {
		memcpy(copy, text.s, text.n);
		copy[text.n] = '\0';
		e->report = report;
		e->arg = arg;
		r = eval_text(e, copy, text.n);
	}
	free(copy);
	return r;
}

static void
report(void *arg, size_t line, const char *what)
{
	why_not(arg, "line %zu: %s", line, what);
}

int
edit_text(struct buf *out, struct span text, const struct edit *edits, size_t n,
    int alone, struct why *w)
{
	struct eval before = { 0 }, after = { 0 };
	struct buf next_text;
	size_t i;
	int r = 0;

	why_not(w, "out of memory");
	r |= buf_put(out, text.s, text.n) < 0;
	for (i = 0; i < n && r == 0; i++) {
		next_text = (struct buf){ 0 };
		r = change(&next_text, (struct span){ out->s, out->len },
		    edits[i].name, edits[i].words, w);
		buf_free(out);
		*out = next_text;
	}
	if (r == 0)
		r = evaluate(&before, text, report, w);
	if (r == 0)
		r = evaluate(&after, (struct span){ out->s, out->len }, report, w);
	if (r == 0)
		r = check(&before.vars, &after.vars, edits, n, alone, w);
	eval_free(&before);
	eval_free(&after);
	return r ? -1 : 0;
}
