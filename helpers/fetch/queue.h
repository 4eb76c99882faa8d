/* All items, many at once. */
#ifndef FETCH_RUN_H
#define FETCH_RUN_H

#include "fetch/item.h"
#include "fetch/net.h"

/* Brings every item to its end.  Returns 0, or -1 with errno set when transfers
 * as such do not work. */
int run_items(struct item *v, size_t n, const struct fetch_opts *opts,
    const struct net_opts *net);

#endif
