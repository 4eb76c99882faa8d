/* A digest that was forgotten: the spec names a new version, and its digest is that of
 * the old one, whose file the cache has. */
#ifndef FETCH_STALE_H
#define FETCH_STALE_H

#include "buf.h"
#include "fetch/cache.h"

/* Whether two URLs are of two versions of one thing: their last parts, or where there is
 * no digit in these the whole paths on one host, begin and end alike and have other
 * digits between. */
int stale_versions(const char *a, const char *b);

/* Looks at e, which is in the cache, has a digest and a source.  Returns 1 when it was
 * last had as another version, with a line about that added to why; 0 when not, or when
 * its URL gave the same bytes; or -1 with errno set. */
int stale_find(const struct entry *e, struct buf *why);

#endif
