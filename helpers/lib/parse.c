#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "parse.h"

/* Digits at the front of s; *end is left behind them. */
static int
digits(const char *s, const char **end, uint64_t *out)
{
	uint64_t n = 0;

	if (!isdigit((unsigned char)*s)) {
		errno = EINVAL;
		return -1;
	}
	for (; isdigit((unsigned char)*s); s++)
		if (__builtin_mul_overflow(n, 10, &n) ||
		    __builtin_add_overflow(n, (uint64_t)(*s - '0'), &n)) {
			errno = ERANGE;
			return -1;
		}
	*end = s;
	*out = n;
	return 0;
}

struct unit {
	char c;
	uint64_t times;
};

static int
with_unit(const char *s, const struct unit *u, uint64_t *out)
{
	const char *end;
	uint64_t n;

	if (digits(s, &end, &n) < 0)
		return -1;
	if (*end) {
		while (u->c && u->c != *end)
			u++;
		if (!u->c || end[1]) {
			errno = EINVAL;
			return -1;
		}
		if (__builtin_mul_overflow(n, u->times, &n)) {
			errno = ERANGE;
			return -1;
		}
	}
	*out = n;
	return 0;
}

int
parse_uint(const char *s, uint64_t min, uint64_t max, uint64_t *out)
{
	const char *end;
	uint64_t n;

	if (digits(s, &end, &n) < 0)
		return -1;
	if (*end || n < min || n > max) {
		errno = *end ? EINVAL : ERANGE;
		return -1;
	}
	*out = n;
	return 0;
}

int
parse_size(const char *s, uint64_t *out)
{
	static const struct unit u[] = {
		{ 'K', 1ULL << 10 }, { 'M', 1ULL << 20 }, { 'G', 1ULL << 30 },
		{ 'T', 1ULL << 40 }, { 0, 0 },
	};

	return with_unit(s, u, out);
}

int
parse_duration(const char *s, uint64_t *out)
{
	static const struct unit u[] = {
		{ 's', 1 }, { 'm', 60 }, { 'h', 3600 }, { 'd', 86400 }, { 0, 0 },
	};

	return with_unit(s, u, out);
}

int
parse_bool(const char *s, int *out)
{
	static const char *const words[][5] = {
		{ "no", "n", "false", "off", "0" },
		{ "yes", "y", "true", "on", "1" },
	};
	int v, i;

	for (v = 0; v < 2; v++)
		for (i = 0; i < 5; i++)
			if (!strcasecmp(s, words[v][i])) {
				*out = v;
				return 0;
			}
	errno = EINVAL;
	return -1;
}

int
parse_auto(const char *s, int *out)
{
	if (strcasecmp(s, "auto"))
		return parse_bool(s, out);
	*out = PARSE_AUTO;
	return 0;
}

int
parse_modifiers_ok(const char *s)
{
	size_t n;

	if (!strcmp(s, "-"))
		return 1;
	for (;; s++) {
		if (*s != '+' && *s != '-')
			return 0;
		n = strspn(++s, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
		    "0123456789_.");
		s += n;
		if (!n || (*s && *s != ','))
			return 0;
		if (!*s)
			return 1;
	}
}
