#include <ctype.h>
#include <string.h>

#include "repo/version.h"

static int
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* Cuts the digits off the front of s, less leading zeros. */
static struct span
number(struct span *s)
{
	struct span n;

	for (; s->len && *s->s == '0'; s->s++)
		s->len--;
	n = *s;
	for (; s->len && is_digit(*s->s); s->s++)
		s->len--;
	n.len -= s->len;
	return n;
}

static int
by_value(struct span a, struct span b)
{
	if (a.len != b.len)
		return a.len < b.len ? -1 : 1;
	return a.len ? memcmp(a.s, b.s, a.len) : 0;
}

/* "~" goes before the end, the end before letters, those before the rest. */
static int
weight(struct span s)
{
	int c = s.len ? (unsigned char)*s.s : 0;

	if (!c || is_digit((char)c))
		return 0;
	if (c == '~')
		return -1;
	return isalpha(c) ? c : c + 256;
}

static void
step(struct span *s)
{
	if (s->len && !is_digit(*s->s)) {
		s->s++;
		s->len--;
	}
}

/* The part before or behind the revision's "-": in turn what is no digit, by
 * character, and what is, by value. */
static int
half_compare(struct span a, struct span b)
{
	int d;

	while (a.len || b.len) {
		while ((a.len && !is_digit(*a.s)) || (b.len && !is_digit(*b.s))) {
			d = weight(a) - weight(b);
			if (d)
				return d;
			step(&a);
			step(&b);
		}
		d = by_value(number(&a), number(&b));
		if (d)
			return d;
	}
	return 0;
}

/* Cuts "EPOCH:" off the front; nothing is the epoch 0. */
static struct span
epoch(struct span *v)
{
	struct span rest = *v, n = number(&rest);

	if (!rest.len || *rest.s != ':')
		return (struct span){ v->s, 0 };
	v->s = rest.s + 1;
	v->len = rest.len - 1;
	return n;
}

/* Cuts "-REVISION" off the end; none is "". */
static struct span
revision(struct span *v)
{
	const char *dash = v->len ? memrchr(v->s, '-', v->len) : NULL;
	struct span r = { v->s + v->len, 0 };

	if (dash) {
		r = (struct span){ dash + 1, (size_t)(r.s - dash) - 1 };
		v->len = (size_t)(dash - v->s);
	}
	return r;
}

int
version_compare(struct span a, struct span b)
{
	int d = by_value(epoch(&a), epoch(&b));
	struct span ra, rb;

	if (d)
		return d;
	ra = revision(&a);
	rb = revision(&b);
	d = half_compare(a, b);
	return d ? d : half_compare(ra, rb);
}
