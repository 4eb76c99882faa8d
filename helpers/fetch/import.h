/* A file of this machine into the cache. */
#ifndef FETCH_IMPORT_H
#define FETCH_IMPORT_H

#include "fetch/source.h"

/* Copies what fd holds, called title in messages.  Its digest by src->algo must
 * be src->hex; with that "", any will do and src->hex is set.  Writes the
 * record, and returns an exit code after saying why. */
int import_fd(int fd, const char *title, struct source *src);

/* The same but for the copy; the record says "missing". */
int import_dry(int fd, const char *title, struct source *src);

#endif
