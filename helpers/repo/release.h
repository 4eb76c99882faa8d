/* Release, which names the index by its digests, and its signatures. */
#ifndef REPO_RELEASE_H
#define REPO_RELEASE_H

#include "repo/child.h"
#include "repo/repo.h"
#include "repo/stanza.h"

enum { RELEASE_HEX = 65 };

/* SHA-256 in hex. */
struct release {
	char packages[RELEASE_HEX], xz[RELEASE_HEX];
};

/* What the text of a Release names.  Returns 0, or -1 when it does not name both. */
int release_read(struct span text, struct release *names);

/* Reads Packages and Packages.xz of the index that is published, if both are those that
 * its Release names; else leaves both buffers empty. */
void release_old(const struct repo *r, struct buf *packages, struct buf *xz);

/* Starts what will make Release, so that it is ready when there is something to make it
 * of.  Dies when that fails. */
void release_begin(const struct repo *r, struct child *c);

/* With what release_begin has started, makes .new/Release of what lies in .new, and with
 * keys InRelease and Release.gpg.  Dies when that fails. */
void release_make(const struct repo *r, struct child *c, struct release *names);

#endif
