/* Everything that a cache holds, as it was found. */
#ifndef FETCH_SHELF_H
#define FETCH_SHELF_H

#include <stddef.h>
#include <time.h>

#include "fetch/cache.h"

/* One file.  src is what it was last fetched or asked for as: url and name are
 * "-" when that is not known, algo is NULL for what came without a digest.
 * entry.hex is "" when that has no readable meta. */
struct held {
	struct source src;
	struct entry entry;	/* size set */
	struct timespec used;	/* when it was last asked for */
};

struct shelf {
	struct held *v;
	size_t n, room;
};

/* Reads the cache that is the working folder, what was used longest ago first.
 * Nothing is locked: a file may be gone when you come to it.  Returns 0, or -1
 * with errno set. */
int shelf_read(struct shelf *s);
void shelf_free(struct shelf *s);

/* "FIRST DIGEST BYTES PATH NAME URL" on stdout, with TABs between; dies with
 * EX_IOERR when that cannot be written. */
void shelf_put(const char *first, const struct held *h);

/* Lists it, FIRST being the time of last use in seconds since 1970. */
void shelf_list(const struct shelf *s);

/* Copies the file with this digest to stdout, verified.  Returns an exit code
 * after saying why. */
int shelf_export(const struct shelf *s, const char *digest);

#endif
