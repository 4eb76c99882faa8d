/* What a worker signed, as a statement of in-toto with SLSA's provenance in it. */
#ifndef AOINB_PROVENANCE_STATEMENT_H
#define AOINB_PROVENANCE_STATEMENT_H

#include "buf.h"

/* Adds the statement to out; worker is the name of who signed, or NULL.  Returns how many
 * packages it is about; or -1 with errno set, EBADMSG when result is none. */
int statement_put(const struct buf *result, const char *worker, struct buf *out);

/* Whether a package of that name has the SHA-256 hex in result: 1 or 0. */
int statement_has(const struct buf *result, const char *name, const char *hex);

#endif
