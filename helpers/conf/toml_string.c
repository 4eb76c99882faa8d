/* Strings of TOML: basic and literal ones, of one line and of many. */
#include <ctype.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "conf/toml_internal.h"

static int
put_utf8(struct toml_at *at, uint32_t c, struct buf *b)
{
	char s[4];
	int n = c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4, i;

	if (!c || c > 0x10ffff || (c >= 0xd800 && c < 0xe000))
		return toml_bad(at, "an escape names no character that can be used");
	for (i = n - 1; i > 0; i--, c >>= 6)
		s[i] = (char)(0x80 | (c & 0x3f));
	s[0] = (char)(n == 1 ? c : (0xf00U >> n & 0xff) | c);
	toml_must(buf_put(b, s, (size_t)n));
	return 0;
}

/* \uXXXX or \UXXXXXXXX, of n digits. */
static int
by_number(struct toml_at *at, int n, struct buf *b)
{
	char digits[9] = "";
	int i;

	for (i = 0; i < n && isxdigit((unsigned char)at->p[2 + i]); i++)
		digits[i] = at->p[2 + i];
	if (i < n)
		return toml_bad(at, "an escape \\%c wants %d hexadecimal digits", at->p[1], n);
	at->p += 2 + n;
	return put_utf8(at, (uint32_t)strtoul(digits, NULL, 16), b);
}

static int
escape(struct toml_at *at, struct buf *b)
{
	static const char letters[] = "btnfr\"\\", means[] = "\b\t\n\f\r\"\\";
	char c = at->p[1];
	const char *is = c ? strchr(letters, c) : NULL;

	if (c == 'u' || c == 'U')
		return by_number(at, c == 'u' ? 4 : 8, b);
	if (!is)
		return toml_bad(at, "a string holds a backslash that escapes nothing; "
		    "write \\\\, or single quotes around it");
	toml_must(buf_putc(b, means[is - letters]));
	at->p += 2;
	return 0;
}

/* One character that has no meaning of its own. */
static int
plain(struct toml_at *at, struct buf *b)
{
	unsigned char c = (unsigned char)*at->p;

	if ((c < ' ' && c != '\t') || c == 0x7f)
		return toml_bad(at, "a string holds a control character");
	toml_must(buf_putc(b, *at->p++));
	return 0;
}

static int
one(struct toml_at *at, struct buf *b)
{
	char quote = *at->p++;

	while (*at->p != quote) {
		if (!*at->p || *at->p == '\n' || (*at->p == '\r' && at->p[1] == '\n'))
			return toml_bad(at, "a string does not end in its line");
		if (*at->p == '\\' && quote == '"' ? escape(at, b) < 0 : plain(at, b) < 0)
			return -1;
	}
	at->p++;
	return 0;
}

static int
newline(struct toml_at *at)
{
	int n = *at->p == '\n' ? 1 : *at->p == '\r' && at->p[1] == '\n' ? 2 : 0;

	at->p += n;
	at->line += n > 0;
	return n > 0;
}

/* A backslash at the end of a line: what is blank up to the next word goes.  Returns
 * whether it was one. */
static int
joined(struct toml_at *at)
{
	const char *end = at->p + 1 + strspn(at->p + 1, " \t");

	if (*end != '\n' && (*end != '\r' || end[1] != '\n'))
		return 0;
	at->p = end;
	while (newline(at) || *at->p == ' ' || *at->p == '\t')
		at->p += *at->p == ' ' || *at->p == '\t';
	return 1;
}

/* Up to two quotes may stand before the three that end it. */
static int
ends(struct toml_at *at, char quote, struct buf *b)
{
	size_t n = 0;

	while (n < 5 && at->p[n] == quote)
		n++;
	if (n < 3)
		return 0;
	toml_must(buf_put(b, at->p, n - 3));
	at->p += n;
	return 1;
}

static int
many(struct toml_at *at, struct buf *b)
{
	char quote = *at->p;
	int first = at->line;

	at->p += 3;
	newline(at);
	while (!ends(at, quote, b)) {
		if (!*at->p)
			return toml_bad(at, "the string that begins in line %d has no end", first);
		if (*at->p == '\\' && quote == '"') {
			if (!joined(at) && escape(at, b) < 0)
				return -1;
		} else if (newline(at)) {
			toml_must(buf_putc(b, '\n'));
		} else if (plain(at, b) < 0) {
			return -1;
		}
	}
	return 0;
}

int
toml_string(struct toml_at *at, int one_line, struct buf *b)
{
	char quote = *at->p;

	toml_must(buf_puts(b, ""));	/* it is a string, though empty */
	if (!one_line && at->p[1] == quote && at->p[2] == quote)
		return many(at, b);
	return one(at, b);
}
