#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "order/unit.h"
#include "parse.h"

enum { FIELDS = 6 };

static int
wrong(struct fault *f, uint32_t line, const char *why)
{
	f->line = line;
	snprintf(f->why, sizeof(f->why), "%s", why);
	errno = EBADMSG;
	return -1;
}

static uint32_t
lines_in(const char *s, size_t len)
{
	const char *end = s + len;
	uint32_t n = 0;

	while ((s = memchr(s, '\n', (size_t)(end - s)))) {
		s++;
		n++;
	}
	return n;
}

uint32_t
fault_nul(const char *text, size_t len)
{
	const char *nul = len ? memchr(text, '\0', len) : NULL;

	return nul ? lines_in(text, (size_t)(nul - text)) + 1 : 0;
}

/* "12", "12.5": digits behind the sixth decimal are dropped. */
static int
microseconds(const char *s, uint64_t *out)
{
	uint64_t n = 0, part = 0, unit = 1000000;

	if (!isdigit((unsigned char)*s))
		return -1;
	for (; isdigit((unsigned char)*s); s++) {
		n = n * 10 + (uint64_t)(*s - '0');
		if (n > UNIT_DAYS * 86400ULL)
			return -1;
	}
	if (*s == '.')
		for (s++; isdigit((unsigned char)*s); s++) {
			unit /= 10;
			part += unit * (uint64_t)(*s - '0');
		}
	*out = n * 1000000 + part;
	return *s ? -1 : 0;
}

/* Cuts line at its tabs.  Returns how many fields it has. */
static int
split(char *line, char *field[FIELDS])
{
	int n = 0;
	char *tab;

	for (;; line = tab + 1) {
		if (n < FIELDS)
			field[n] = line;
		n++;
		tab = strchr(line, '\t');
		if (!tab)
			return n;
		*tab = '\0';
	}
}

static const char *
words(const char *field)
{
	return strcmp(field, "-") ? field : "";
}

static int
unit_read(struct unit *u, char *line, struct fault *f)
{
	char *field[FIELDS];

	if (split(line, field) != FIELDS)
		return wrong(f, u->line, "not six fields with tabs between them");
	u->name = field[0];
	if (!*u->name || !strcmp(u->name, "-"))
		return wrong(f, u->line, "the unit has no name");
	if (strlen(u->name) > UNIT_NAME)
		return wrong(f, u->line, "the unit's name is past 4096 bytes");
	if (microseconds(field[1], &u->weight) < 0)
		return wrong(f, u->line, "the weight is not seconds, or past "
		    "100 days");
	if (parse_uint(field[2], 0, UNIT_MEMORY, &u->memory) < 0)
		return wrong(f, u->line, "the memory is not KiB, or past 1 PiB");
	u->provides = words(field[3]);
	u->build = words(field[4]);
	u->run = words(field[5]);
	return 0;
}

static int
by_name(const void *a, const void *b)
{
	const struct unit *x = a, *y = b;
	int c = strcmp(x->name, y->name);

	return c ? c : x->line < y->line ? -1 : 1;
}

/* The first line that names a unit again is the one to tell of. */
static int
twice(const struct units *all, struct fault *f)
{
	const struct unit *bad = NULL, *u;

	for (u = all->v + 1; u < all->v + all->n; u++)
		if (!strcmp(u->name, u[-1].name) && (!bad || u->line < bad->line))
			bad = u;
	if (!bad)
		return 0;
	wrong(f, bad->line, "");
	snprintf(f->why, sizeof(f->why), "%.150s is in line %u already", bad->name,
	    bad[-1].line);
	return -1;
}

int
units_read(struct units *all, char *text, size_t len, struct fault *f)
{
	uint32_t line = fault_nul(text, len);
	char *end = text + len, *next;

	*all = (struct units){ 0 };
	if (line)
		return wrong(f, line, "a NUL byte");
	all->v = calloc((size_t)lines_in(text, len) + 1, sizeof(*all->v));
	if (!all->v)
		return -1;
	for (; text < end; text = next) {
		next = strchrnul(text, '\n');
		*next++ = '\0';
		all->v[all->n].line = ++line;
		if (unit_read(&all->v[all->n++], text, f) < 0)
			goto fail;
	}
	qsort(all->v, all->n, sizeof(*all->v), by_name);
	if (twice(all, f) == 0)
		return 0;
fail:
	units_free(all);
	errno = EBADMSG;
	return -1;
}

uint32_t
units_find(const struct units *all, const char *name)
{
	uint32_t low = 0, high = all->n, mid;
	int c;

	while (low < high) {
		mid = low + (high - low) / 2;
		c = strcmp(name, all->v[mid].name);
		if (!c)
			return mid;
		if (c < 0)
			high = mid;
		else
			low = mid + 1;
	}
	return UINT32_MAX;
}

void
units_free(struct units *all)
{
	free(all->v);
	*all = (struct units){ 0 };
}
