/* The cache of .deb files that apt downloaded: cache/debs/SHA256.  The name of each is
 * what this machine has computed of what it holds, whoever brought it; who wants one
 * has to say that digest.  So a file that was forged is there under a name for which
 * nobody asks. */
#ifndef AOINB_STORE_DEBS_H
#define AOINB_STORE_DEBS_H

#include "store/layer.h"

enum { DEBS_SET = 16 << 20 };	/* bytes that the list of a container may have */

/* Makes in folder, which is ours and in which nobody is at work, two new folders for
 * a container: debs/ with links to those cached files that set names, a line
 * "FILE SHA256:HEX" each, to be seen read-only at /buildroot/debs; and archives/, for
 * apt, with a symbolic link FILE to each.  Lines that are not like that are passed over,
 * as is what is not cached.  What was there of both goes.  set is changed, or NULL.
 * Returns 0, or -1 with errno set. */
int debs_lend(const struct store *s, int folder, char *set);

/* Moves what apt has added to archives/ in folder into the cache, and removes both
 * folders.  No process may have been left that can write there.  What is no regular file
 * of one name, or larger than 8 GiB, goes.  Returns 0, or -1 with errno set when
 * something could not be kept. */
int debs_keep(const struct store *s, int folder);

/* Adds the names in cache/debs that are to go: what is no file of this cache, and what
 * was used longest ago, until the rest keeps below max_kib; 0 is no limit.  Returns 0,
 * or -1 with errno set. */
int debs_spare(const struct store *s, uint64_t max_kib, struct ids *spare);

/* Removes them.  Who has a link to one keeps it.  Returns 0, or -1 with errno set. */
int debs_drop(const struct store *s, const struct ids *names);

#endif
