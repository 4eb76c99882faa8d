/* What apt-ftparchive said of packages, so that it is asked but once. */
#ifndef REPO_CACHE_H
#define REPO_CACHE_H

#include "repo/package.h"

/* Gives each package the stanza that was kept for it, if it is still the same file.
 * What is damaged, or not of this version of ours, is as good as none.  Returns how
 * many stanzas are kept there for no package of these. */
size_t cache_read(struct packages *p, const struct repo *r);

/* Keeps the stanzas that are known.  A failure is no harm but to the next index, and is
 * told with -v. */
void cache_write(const struct packages *p, const struct repo *r);

#endif
