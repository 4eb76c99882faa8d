/* Folders whose metadata waits for the end: until then they must be writable,
 * keep their times from what is made in them, and have no default ACL. */
#ifndef UNPACK_LATE_H
#define UNPACK_LATE_H

#include "unpack/tree.h"

/* Notes a folder, or with e NULL that there is none at this (clean) path any
 * more.  The last word on a path counts.  Returns 0, or -1 with errno ENOMEM. */
int late_note(struct tree *t, const char *path, const struct entry *e);

/* Applies and frees all. */
int late_apply(struct tree *t, const char **path);
void late_free(struct tree *t);

#endif
