/* Everything that a list or tables of sources name, into the cache. */
#ifndef FETCH_FETCH_H
#define FETCH_FETCH_H

#include "fetch/item.h"
#include "fetch/sandbox.h"

/* Each opens box, says what is wrong, fetches all that can be had all the same,
 * and returns the lowest exit code. */

/* What stdin lists, a record for each on stdout. */
int fetch_list(const struct fetch_opts *o, struct sandbox *box);

/* What the tables at paths, which end with NULL, name; each is written again
 * (tables.h).  pypi as in rows.h.  What this process may do it may do afterwards:
 * another one talks to servers.  With -n records are written in place of tables. */
int fetch_tables(const struct fetch_opts *o, struct sandbox *box,
    const char *const *paths, const char *pypi);

#endif
