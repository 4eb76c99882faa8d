#include <string.h>

#include "eval/eval_internal.h"
#include "eval/utf8.h"

static int
digit(char c)
{
	return c >= '0' && c <= '9' ? c - '0' :
	    c >= 'a' && c <= 'f' ? c - 'a' + 10 :
	    c >= 'A' && c <= 'F' ? c - 'A' + 10 : 99;
}

/* Up to max digits at *s of the given base; *s moves behind them. */
static uint32_t
number(const char **s, int base, int max)
{
	uint32_t v = 0;

	while (max-- && digit(**s) < base)
		v = v * (uint32_t)base + (uint32_t)digit(*(*s)++);
	return v;
}

/* The escape at *s, behind its backslash: its bytes go to out (4 of room), *s
 * moves behind it.  Returns how many bytes. */
static size_t
escape(const char **s, char *out)
{
	static const char from[] = "abeEfnrtv\\'\"?", to[] = "\a\b\033\033\f\n\r\t\v\\'\"?";
	const char *at = strchr(from, **s);
	char c = **s;
	int base = c == 'x' || c == 'u' || c == 'U' ? 16 : 8;
	int max = c == 'u' ? 4 : c == 'U' ? 8 : c == 'x' ? 2 : 3;
	uint32_t v;

	if (at && c) {
		out[0] = to[at - from];
		++*s;
		return 1;
	}
	if (c == 'c' && (*s)[1] && (*s)[1] != '\'') {
		out[0] = (*s)[1] == '?' ? 0x7f : (*s)[1] & 0x1f;
		*s += 2;
		return 1;
	}
	if (digit((*s)[base == 16]) >= base) {
		out[0] = '\\';
		out[1] = c;
		*s += c != '\0';
		return c ? 2 : 1;
	}
	*s += base == 16;
	v = number(s, base, max);
	if (c == 'u' || c == 'U')
		return v > 0x10ffff ? 0 : utf8_put(out, v);
	out[0] = (char)v;
	return 1;
}

int
ansi_eval(struct eval *e, const struct piece *w)
{
	const char *open = e->p, *s = open + 2, *run;
	char out[4];
	size_t n;

	for (;;) {
		run = s;
		s += strcspn(s, "\\'");
		if (word_put(e, w, run, (size_t)(s - run), 1) < 0)
			return -1;
		if (!*s)
			return eval_fail(e, open, "never closed: $'");
		if (*s++ == '\'')
			break;
		n = escape(&s, out);
		if (memchr(out, '\0', n))
			return eval_fail(e, open, "cannot evaluate a NUL in "
			    "$'...'");
		if (word_put(e, w, out, n, 1) < 0)
			return -1;
	}
	e->p = s;
	return 0;
}
