/* Making the index of a repository. */
#ifndef REPO_INDEX_H
#define REPO_INDEX_H

#include "repo/child.h"
#include "repo/package.h"

/* Makes it one of the packages that are there, and removes those past [repo] keep,
 * whose paths r->pruned gets.  With anew nothing is believed that is known of them.  new,
 * or NULL, has the stanzas of those that came just now; release is what release_begin has
 * started.
 * The caller holds the lock, and has called repo_begin.  Dies when that fails, and the
 * index before it stays. */
void index_make(struct repo *r, int anew, const struct packages *new,
    struct child *release);

/* Adds to r->pruned the packages of the index that would be removed.  Dies when the index
 * cannot be read. */
void index_prunable(struct repo *r);

#endif
