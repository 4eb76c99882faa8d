/* All items, many at once. */
#ifndef FETCH_QUEUE_H
#define FETCH_QUEUE_H

#include "fetch/item.h"

/* Looks for every item in the cache.  Returns how many are not done. */
size_t queue_look(struct item *v, size_t n);

/* Brings all that are left to their end.  Returns 0, or -1 with errno set when
 * transfers as such do not work. */
int queue_run(struct item *v, size_t n, const struct fetch_opts *opts);

#endif
