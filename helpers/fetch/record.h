/* The lines on stdout, one a source:
 * STATE DIGEST BYTES PATH NAME URL, with TABs between. */
#ifndef FETCH_RECORD_H
#define FETCH_RECORD_H

#include "fetch/cache.h"
#include "fetch/source.h"

/* Writes one at once; dies with EX_IOERR when it cannot.  e->size below 0: the
 * file is not there, so its size and path are "-". */
void record_put(const char *state, const struct source *s,
    const struct entry *e);

#endif
