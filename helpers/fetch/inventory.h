/* Everything that a cache holds, as it was found. */
#ifndef FETCH_INVENTORY_H
#define FETCH_INVENTORY_H

#include <stddef.h>
#include <time.h>

#include "fetch/cache.h"
#include "vec.h"

/* One file.  src is what it was last fetched or asked for as: url and name are
 * "-" when that is not known, algo is NULL for what came without a digest.
 * entry.hex is "" when that has no readable meta. */
struct held {
	struct source src;
	struct entry entry;	/* size set */
	struct timespec used;	/* when it was last asked for */
};

struct inventory {
	VEC(struct held);
};

/* Reads the cache that is the working folder, what was used longest ago first.
 * Nothing is locked: a file may be gone when you come to it.  Returns 0, or -1
 * with errno set. */
int inventory_read(struct inventory *s);
void inventory_free(struct inventory *s);

/* "FIRST DIGEST BYTES PATH NAME URL" on stdout, with TABs between; dies with
 * EX_IOERR when that cannot be written. */
void inventory_put(const char *first, const struct held *h);

/* Lists it, FIRST being the time of last use in seconds since 1970; on a terminal
 * as a table for people; with json as an array of objects, numbers in bytes and seconds. */
void inventory_list(const struct inventory *s, int json);

/* Copies the file with this digest to stdout, verified.  Returns an exit code
 * after saying why. */
int inventory_export(const struct inventory *s, const char *digest);

#endif
