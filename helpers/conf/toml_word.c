/* Values of TOML that stand without quotes. */
#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "conf/toml_internal.h"

/* Whether the n characters at s are digits of set, with single "_" between. */
static int
digits(const char *s, size_t n, const char *set)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (s[i] == '_' ? !i || i + 1 == n || s[i - 1] == '_' : !strchr(set, s[i]))
			return 0;
	return n > 0;
}

static int
decimal(const char *s, size_t n)
{
	return (n == 1 || *s != '0') && digits(s, n, "0123456789");
}

static size_t
sign(const char *s)
{
	return *s == '+' || *s == '-';
}

/* The base of an integer, or 0 when it is none. */
static int
base_of(const char *s)
{
	static const char *const sets[] = { "xX0123456789abcdefABCDEF", "o01234567", "b01" };
	static const int bases[] = { 16, 8, 2 };
	int i;

	for (i = 0; *s == '0' && i < 3; i++)
		if (s[1] == *sets[i])
			return digits(s + 2, strlen(s + 2), sets[i] + (i ? 1 : 2)) ? bases[i] : 0;
	s += sign(s);
	return decimal(s, strlen(s)) ? 10 : 0;
}

/* In decimal, without "_".  One that is too large for us stays as it is, for whoever
 * checks it to refuse. */
static void
put_integer(const char *s, int base, struct buf *b)
{
	size_t from = b->len;
	unsigned long long n;

	for (s += base == 10 ? *s == '+' : 2; *s; s++)
		if (*s != '_')
			toml_must(buf_putc(b, *s));
	if (base == 10)
		return;
	errno = 0;
	n = strtoull(b->s + from, NULL, base);
	if (errno)
		return;
	b->len = from;
	toml_must(buf_printf(b, "%llu", n));
}

static int
is_float(const char *s)
{
	size_t n;

	s += sign(s);
	if (!strcmp(s, "inf") || !strcmp(s, "nan"))
		return 1;
	n = strcspn(s, ".eE");
	if (!decimal(s, n))
		return 0;
	s += n;
	if (*s == '.') {
		n = strcspn(++s, "eE");
		if (!digits(s, n, "0123456789"))
			return 0;
		s += n;
	}
	if (!*s)
		return 1;
	s += 1 + sign(s + 1);
	return digits(s, strlen(s), "0123456789");
}

/* Behind what looks like form, in which d is a digit; or NULL. */
static const char *
like(const char *s, const char *form)
{
	for (; *form; form++, s++)
		if (*form == 'd' ? !isdigit((unsigned char)*s) : *s != *form)
			return NULL;
	return s;
}

static int
is_time(const char *s, int with_date)
{
	size_t n;

	s = like(s, "dd:dd:dd");
	if (s && *s == '.') {
		n = strspn(s + 1, "0123456789");
		s = n ? s + 1 + n : NULL;
	}
	if (s && with_date && (*s == 'Z' || *s == 'z'))
		s++;
	else if (s && with_date && sign(s))
		s = like(s + 1, "dd:dd");
	return s && !*s;
}

static int
is_date(const char *s)
{
	const char *end = like(s, "dddd-dd-dd");

	if (!end)
		return is_time(s, 0);
	return !*end || (strchr("Tt ", *end) && is_time(end + 1, 1));
}

int
toml_word(struct toml_at *at, enum toml_type *type, struct buf *b)
{
	static const char ends[] = " \t\r\n,]}#";
	size_t n = strcspn(at->p, ends);
	char *s;
	int base, r = 0;

	if (n == 10 && like(at->p, "dddd-dd-dd") && at->p[n] == ' ' && like(at->p + n + 1, "dd:dd"))
		n += 1 + strcspn(at->p + n + 1, ends);
	s = strndup(at->p, n);
	toml_must(s ? 0 : -1);
	*type = TOML_OTHER;
	toml_must(buf_puts(b, ""));
	base = base_of(s);
	if (!strcmp(s, "true") || !strcmp(s, "false")) {
		*type = TOML_BOOLEAN;
		toml_must(buf_puts(b, s));
	} else if (base) {
		*type = TOML_INTEGER;
		put_integer(s, base, b);
	} else if (!is_float(s) && !is_date(s)) {
		r = toml_bad(at, *s ? "%s is no value; a string stands in quotes" :
		    "%sa value is missing", s);
	}
	free(s);
	at->p += r < 0 ? 0 : n;
	return r;
}
