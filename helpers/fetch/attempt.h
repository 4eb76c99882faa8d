/* An attempt at an item: looked for in the cache, locked, asked for at one place
 * after another. */
#ifndef FETCH_ATTEMPT_H
#define FETCH_ATTEMPT_H

#include "fetch/item.h"

/* Looks in the cache; done when it is there (or when offline and it is not). */
void attempt_look(struct item *it);

/* Goes on: a transfer is started, or the item is done, or its turn comes later
 * (it->state and it->when say which). */
void attempt_start(struct item *it);

/* What -n prints of it in place of fetching: nothing is written. */
void attempt_dry(struct item *it, int have_cache);

#endif
