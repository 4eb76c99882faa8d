/* Keeping a cache small and sound.  What somebody works on, in this process or
 * another, is left alone. */
#ifndef FETCH_GC_H
#define FETCH_GC_H

#include <stdint.h>

#include "fetch/inventory.h"
#include "fetch/keep.h"

/* Removes what was last used more than age seconds ago, then what was used
 * longest ago until all of it has at most size bytes; 0 is no limit.  What keep
 * has, or was used in the last minute, stays.  Writes a line "removed"
 * for each (inventory_put).  Parts that nobody works on since a day go too, and locks
 * and stamps of nothing.  Returns an exit code after saying why. */
int gc_run(const struct inventory *s, struct keep *keep, uint64_t size,
    uint64_t age);

/* Reads every file, and removes those whose digest is wrong, with a line
 * "damaged" for each.  Returns an exit code: EX_DATAERR when there was one. */
int gc_verify(const struct inventory *s);

#endif
