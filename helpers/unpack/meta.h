/* What an entry says about a file, beside its contents. */
#ifndef UNPACK_META_H
#define UNPACK_META_H

#include "unpack/tree.h"

/* The permissions a file of the tree is to have. */
mode_t meta_mode(const struct tree *t, const struct entry *e);

/* Owner, permissions, attributes, time, in the order in which none undoes the
 * one before: of the open fd, or of name (no folder, no regular file) in dir.
 * A file just made by us has its low permissions already (made).  Returns 0, or
 * -1 with errno set. */
int meta_fd(struct tree *t, int fd, const struct entry *e, int made);
int meta_at(struct tree *t, int dir, const char *name, const struct entry *e);

#endif
