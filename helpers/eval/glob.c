#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <wctype.h>

#include "eval/glob.h"
#include "eval/utf8.h"

enum kind { LITERAL, ANY, STAR, SET };

struct glob_part {
	enum kind kind;
	uint32_t c;		/* LITERAL */
	int open;		/* LITERAL: a "[" that is never closed */
	size_t from, to;	/* SET: pattern between '[' and ']' */
	size_t run[2];		/* parts from here to the next star, or to the
				 * end: forward, and backward */
};

int
runes_make(struct runes *r, const char *s, size_t n, int bytes)
{
	size_t at, len;

	r->n = 0;
	r->c = malloc((n ? n : 1) * sizeof(*r->c));
	if (!r->c)
		return -1;
	for (at = 0; at < n; at += len) {
		len = bytes ? 0 : utf8_get(s + at, n - at, &r->c[r->n]);
		if (!len) {
			r->c[r->n] = (unsigned char)s[at];
			len = 1;
		}
		r->n++;
	}
	return 0;
}

void
runes_free(struct runes *r)
{
	free(r->c);
	*r = (struct runes){ 0 };
}

/* Takes n off the allowance; 0 when that is used up. */
static int
spend(const struct glob *g, size_t n)
{
	*g->work = *g->work > n ? *g->work - n : 0;
	return *g->work > 0;
}

/* Where "[:x:]", "[=x=]" or "[.x.]" at i ends (behind its ']', which is before
 * end); 0 when there is none. */
static size_t
class_end(const struct glob *g, size_t i, size_t end)
{
	const uint32_t *c = g->pat.c;
	uint32_t mark;
	size_t j;

	if (i + 1 >= end || c[i] != '[')
		return 0;
	mark = c[i + 1];
	if (mark != ':' && mark != '=' && mark != '.')
		return 0;
	for (j = i + 2; j + 1 < end && spend(g, 1); j++)
		if (c[j] == mark && c[j + 1] == ']')
			return j + 2;
	return 0;
}

/* Where the set that '[' at i opens has its ']'; 0 when it never does. */
static size_t
set_end(const struct glob *g, size_t i)
{
	const struct runes *p = &g->pat;
	size_t first, end;

	i++;
	if (i < p->n && (p->c[i] == '!' || p->c[i] == '^'))
		i++;
	for (first = i; i < p->n && spend(g, 1); i++) {
		if (p->c[i] == ']' && i > first)
			return i;
		end = class_end(g, i, p->n);
		if (end)
			i = end - 1;
		else if (p->c[i] == '\\')
			i++;
	}
	return 0;
}

/* Reads the part that begins at i; returns where the next one does. */
static size_t
part_read(struct glob_part *t, const struct glob *g, size_t i)
{
	const struct runes *p = &g->pat;
	size_t end;

	*t = (struct glob_part){ .kind = LITERAL, .c = p->c[i] };
	switch (p->c[i]) {
	case '\\':
		if (i + 1 < p->n)
			t->c = p->c[++i];
		break;
	case '?':
		t->kind = ANY;
		break;
	case '*':
		t->kind = STAR;
		break;
	case '[':
		end = set_end(g, i);
		if (end) {
			t->kind = SET;
			t->from = i + 1;
			t->to = end;
			i = end;
		}
		t->open = !end;
		break;
	}
	return i + 1;
}

static void
length_find(struct glob *g)
{
	size_t i;

	for (i = 0; i < g->n && g->part[i].kind != STAR; i++)
		if (g->part[i].open)
			g->length = g->n;
}

static void
runs_count(struct glob *g)
{
	size_t i, run[2] = { 0, 0 };
	struct glob_part *t;

	for (i = 0; i < g->n; i++) {
		t = &g->part[g->n - 1 - i];
		t->run[0] = run[0] = t->kind == STAR ? 0 : run[0] + 1;
		t = &g->part[i];
		t->run[1] = run[1] = t->kind == STAR ? 0 : run[1] + 1;
	}
}

int
glob_make(struct glob *g, const char *s, size_t n, int bytes, size_t *work)
{
	size_t i;

	*g = (struct glob){ .work = work };
	if (runes_make(&g->pat, s, n, bytes) < 0)
		return -1;
	g->part = malloc((g->pat.n + 1) * sizeof(*g->part));
	if (!g->part) {
		runes_free(&g->pat);
		errno = ENOMEM;
		return -1;
	}
	for (i = 0; i < g->pat.n; g->n++)
		i = part_read(&g->part[g->n], g, i);
	runs_count(g);
	length_find(g);
	return 0;
}

void
glob_free(struct glob *g)
{
	runes_free(&g->pat);
	free(g->part);
	*g = (struct glob){ 0 };
}

/* [:name:] */
static int
in_class(const uint32_t *name, size_t n, uint32_t c)
{
	char s[16];
	wctype_t type;
	size_t i;

	if (n >= sizeof(s))
		return 0;
	for (i = 0; i < n; i++)
		s[i] = name[i] < 0x80 ? (char)name[i] : '?';
	s[n] = '\0';
	if (!strcmp(s, "ascii"))
		return c < 0x80;
	if (!strcmp(s, "word"))
		return c == '_' || iswalnum((wint_t)c);
	type = wctype(s);
	return type && iswctype((wint_t)c, type);
}

/* The one character that a range may begin or end with at *i, which moves
 * behind it. */
static uint32_t
set_char(const uint32_t *p, size_t *i, size_t to)
{
	if (p[*i] == '[' && to - *i >= 5 && p[*i + 1] == '.' &&
	    p[*i + 3] == '.' && p[*i + 4] == ']') {
		*i += 5;
		return p[*i - 3];
	}
	if (p[*i] == '\\' && *i + 1 < to)
		++*i;
	return p[(*i)++];
}

static int
in_set(const struct glob *g, size_t i, size_t to, uint32_t c)
{
	const uint32_t *p = g->pat.c;
	uint32_t lo, hi;
	size_t end;
	int not = p[i] == '!' || p[i] == '^', hit = 0;

	for (i += (size_t)not; i < to && !hit; ) {
		end = class_end(g, i, to);
		if (end && p[i + 1] == ':') {
			hit = in_class(p + i + 2, end - i - 4, c);
			i = end;
			continue;
		}
		if (end && p[i + 1] == '=') {
			hit = end - i == 5 && p[i + 2] == c;
			i = end;
			continue;
		}
		lo = hi = set_char(p, &i, to);
		if (i + 1 < to && p[i] == '-') {
			i++;
			hi = set_char(p, &i, to);
		}
		hit = lo <= c && c <= hi;
	}
	return hit != not;
}

/* The text and the parts as seen from the end where matching begins. */
struct view {
	const struct glob *g;
	const uint32_t *s;
	size_t n;
	int back;
};

static const struct glob_part *
part_at(const struct view *v, size_t j)
{
	return &v->g->part[v->back ? v->g->n - 1 - j : j];
}

/* Whether parts from j up to end, no star among them, match at i. */
static int
run_at(const struct view *v, size_t i, size_t j, size_t end)
{
	const struct glob_part *t;
	const uint32_t *s;
	ptrdiff_t step = v->back ? -1 : 1;
	size_t left = end - j;

	if (left == 0)
		return 1;
	t = part_at(v, j);
	s = v->s + (v->back ? v->n - 1 - i : i);
	for (; left && spend(v->g, 1); left--, t += step, s += step)
		if (t->kind == LITERAL ? t->c != *s : t->kind == SET &&
		    !(spend(v->g, t->to - t->from) &&
		    in_set(v->g, t->from, t->to, *s)))
			break;
	return left == 0;
}

/* Finds a place at i or behind for the run of parts from j to end: the first
 * one, or the last one.  -1 when there is none. */
static ptrdiff_t
run_find(const struct view *v, size_t i, size_t j, size_t end, int last)
{
	size_t len = end - j, k;

	if (v->n - i < len)
		return -1;
	if (last) {
		for (k = v->n - len + 1; k-- > i; )
			if (run_at(v, k, j, end))
				return (ptrdiff_t)k;
		return -1;
	}
	for (k = i; k + len <= v->n; k++)
		if (run_at(v, k, j, end))
			return (ptrdiff_t)k;
	return -1;
}

/* Where the run of parts that begins with j ends. */
static size_t
run_end(const struct view *v, size_t j)
{
	return j < v->g->n ? j + part_at(v, j)->run[v->back] : j;
}

ptrdiff_t
glob_match(const struct glob *g, const uint32_t *s, size_t n, int how, int *never)
{
	struct view v = { g, s, n, (how & GLOB_FROM_END) != 0 };
	size_t i, j, end = run_end(&v, 0);
	ptrdiff_t at;

	*never = n < end;
	if (n < end || !run_at(&v, 0, 0, end))
		return -1;
	for (i = j = end; j < g->n; j = end) {
		while (j < g->n && part_at(&v, j)->kind == STAR)
			j++;
		if (j == g->n)
			return (ptrdiff_t)(how & GLOB_LONG ? n : i);
		end = run_end(&v, j);
		at = run_find(&v, i, j, end, end == g->n && how & GLOB_LONG);
		if (at < 0) {
			*never = 1;
			return -1;
		}
		i = (size_t)at + end - j;
	}
	return (ptrdiff_t)i;
}
