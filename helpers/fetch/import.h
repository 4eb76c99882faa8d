/* A file of this machine into the cache. */
#ifndef FETCH_IMPORT_H
#define FETCH_IMPORT_H

#include "fetch/source.h"

/* Copies what fd holds, called title in messages.  With src->algo NULL its
 * SHA-256 names it; else its digest must be src->hex.  Sets src->algo and
 * src->hex to what it got, writes the record, and returns an exit code. */
int import_fd(int fd, const char *title, struct source *src);

#endif
