#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "store/store.h"

enum { STAMP = 15 };	/* YYYYMMDD-HHMMSS */
static const time_t LAST = 250000000000;	/* what comes later than the year 9892 is no stamp */

/* The seconds since 1970 that the stamp of id says; 0 when there is none. */
static time_t
stamp_of(const char *id)
{
	struct tm tm = { 0 }, same;
	time_t t;
	int n = 0;

	if (sscanf(id, "%4d%2d%2d-%2d%2d%2d%n", &tm.tm_year, &tm.tm_mon, &tm.tm_mday,
	    &tm.tm_hour, &tm.tm_min, &tm.tm_sec, &n) != 6 || n != STAMP)
		return 0;
	tm.tm_year -= 1900;
	tm.tm_mon--;
	same = tm;
	t = timegm(&same);
	/* A number that is no date, which timegm made one of. */
	return same.tm_mon == tm.tm_mon && same.tm_mday == tm.tm_mday &&
	    same.tm_hour == tm.tm_hour && same.tm_min == tm.tm_min &&
	    same.tm_sec == tm.tm_sec && t < LAST ? t : 0;
}

static int
newest(const struct store *s, const char *folder, time_t *last)
{
	char **names;
	long n = store_names(s, folder, &names), i;
	time_t t;

	for (i = 0; i < n; i++) {
		t = stamp_of(names[i]);
		if (t > *last)
			*last = t;
	}
	store_names_free(names, n);
	return n < 0 ? -1 : 0;
}

int
store_id(const struct store *s, const char *name, char id[STORE_NAME])
{
	time_t now = time(NULL), last = 0;
	struct tm tm;
	size_t i, n;

	if (newest(s, "jobs", &last) < 0 || newest(s, "groups", &last) < 0)
		return -1;
	if (now <= last)
		now = last + 1;
	if (!gmtime_r(&now, &tm) ||
	    strftime(id, STORE_NAME, "%Y%m%d-%H%M%S-", &tm) != STAMP + 1) {
		errno = EOVERFLOW;
		return -1;
	}
	n = strlen(id);
	/* As much of it as a file name and the locks' and temporary names hold. */
	for (i = 0; name[i] && n < STORE_NAME - 64; i++, n++)
		id[n] = isalnum((unsigned char)name[i]) || strchr("._+~@-", name[i]) ?
		    name[i] : '_';
	id[n] = '\0';
	if (id[STAMP + 1] == '.' || id[STAMP + 1] == '-')
		id[STAMP + 1] = '_';
	return 0;
}

const char *
store_id_name(const char *id, size_t *n)
{
	const char *name, *dot;

	if (!stamp_of(id) || id[STAMP] != '-')
		return NULL;
	name = id + STAMP + 1;
	*n = strlen(name);
	dot = strrchr(name, '.');
	if (dot && dot[1] && dot[1 + strspn(dot + 1, "0123456789")] == '\0')
		*n = (size_t)(dot - name);
	return name;
}
