/* Folders whose metadata waits for the end: until then they must be writable,
 * keep their times from what is made in them, and have no default ACL. */
#ifndef UNPACK_FIXUP_H
#define UNPACK_FIXUP_H

#include "unpack/meta.h"
#include "unpack/walk.h"
#include "vec.h"

struct fixup;
struct fixups {
	VEC(struct fixup) all;
};

/* Notes a folder, or with e NULL that there is none at this (clean) path any
 * more.  The last word on a path counts.  Returns 0, or -1 with errno ENOMEM. */
int fixup_note(struct fixups *f, const char *path, const struct entry *e);

/* Applies them, innermost first, beneath w's root.  Returns 0, or -1 with errno
 * set as meta_fd does, and *path the one that failed. */
int fixup_apply(struct fixups *f, struct walk *w, struct meta *m,
    const char **path);
void fixup_free(struct fixups *f);

#endif
