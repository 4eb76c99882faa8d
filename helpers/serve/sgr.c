#include <string.h>

#include "serve/sgr.h"

enum { CODES = 32 };

/* The colour behind 38 or 48 at *i, which moves to its last code. */
static uint32_t
extended(const int *code, int n, int *i)
{
	int at = *i;

	if (at + 2 < n && code[at + 1] == 5) {
		*i = at + 2;
		return code[at + 2] < 256 ? 1 + (uint32_t)code[at + 2] : 0;
	}
	if (at + 4 < n && code[at + 1] == 2) {
		*i = at + 4;
		return SGR_RGB | (uint32_t)(code[at + 2] & 255) << 16 | (uint32_t)(code[at + 3] & 255) << 8 |
		    (uint32_t)(code[at + 4] & 255);
	}
	*i = n;
	return 0;
}

static void
off(struct sgr *g, int c)
{
	if (c == 22)
		g->on &= ~(1U << 1 | 1U << 2);
	else if (c >= 23 && c <= 29)
		g->on &= ~(1U << (c - 20));
}

static void
apply(struct sgr *g, const int *code, int n)
{
	int i, c;

	for (i = 0; i < n; i++) {
		c = code[i];
		if (c == 0)
			*g = (struct sgr){ 0 };
		else if (c == 38)
			g->fg = extended(code, n, &i);
		else if (c == 48)
			g->bg = extended(code, n, &i);
		else if (c < 10)
			g->on |= 1U << c;
		else if (c >= 22 && c <= 29)
			off(g, c);
		else if (c >= 30 && c <= 37)
			g->fg = 1 + (uint32_t)(c - 30);
		else if (c >= 40 && c <= 47)
			g->bg = 1 + (uint32_t)(c - 40);
		else if (c >= 90 && c <= 97)
			g->fg = 1 + (uint32_t)(c - 90);
		else if (c >= 100 && c <= 107)
			g->bg = 1 + (uint32_t)(c - 100);
		else if (c == 39)
			g->fg = 0;
		else if (c == 49)
			g->bg = 0;
	}
}

/* One sequence behind "ESC [".  Returns where it ends. */
static const char *
sequence(struct sgr *g, const char *s, const char *end)
{
	int code[CODES] = { 0 }, n = 1, good = 1;

	for (; s < end && *s >= '0' && *s <= '?'; s++) {
		if (*s >= '0' && *s <= '9')
			code[n - 1] = code[n - 1] * 10 + (*s - '0') > 999 ? 999 : code[n - 1] * 10 + (*s - '0');
		else if ((*s == ';' || *s == ':') && n < CODES)
			n++;
		else
			good = 0;
	}
	if (s < end && *s == 'm' && good)
		apply(g, code, n);
	return s;
}

void
sgr_text(struct sgr *g, const char *s, size_t n)
{
	const char *end = s + n, *at;

	while ((at = memchr(s, 0x1b, (size_t)(end - s)))) {
		s = at + 1;
		if (s < end && *s == '[')
			s = sequence(g, s + 1, end);
	}
}

static int
colour(struct buf *out, uint32_t c, int base)
{
	if (!c)
		return 0;
	if (c & SGR_RGB)
		return buf_printf(out, ";%d;2;%u;%u;%u", base + 8, c >> 16 & 255, c >> 8 & 255, c & 255);
	return buf_printf(out, ";%d;5;%u", base + 8, c - 1);
}

int
sgr_put(const struct sgr *g, struct buf *out)
{
	int i, bad = 0;

	if (!g->fg && !g->bg && !g->on)
		return 0;
	bad = buf_putc(out, '0') < 0;
	for (i = 1; i < 10 && !bad; i++)
		if (g->on & 1U << i)
			bad = buf_printf(out, ";%d", i) < 0;
	return bad || colour(out, g->fg, 30) < 0 || colour(out, g->bg, 40) < 0 ? -1 : 0;
}
