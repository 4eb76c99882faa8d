/* Packages.xz: most of its blocks are those of the index before. */
#ifndef REPO_XZ_H
#define REPO_XZ_H

#include "buf.h"
#include "repo/stanza.h"

/* Adds text, which is stanzas, to out as an xz file.  A part of it that is a whole block
 * of old is taken from old_xz as it is; both may be empty, and must be one and the
 * same otherwise.  What is made depends on text alone.  Returns 0, or -1 with errno
 * set. */
int xz_pack(struct buf *out, struct span text, struct span old, struct span old_xz);

#endif
