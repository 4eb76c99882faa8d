/* The packages of a repository, by the names of their files. */
#ifndef REPO_PACKAGE_H
#define REPO_PACKAGE_H

#include <stdint.h>

#include "repo/repo.h"
#include "repo/stanza.h"
#include "vec.h"

struct package {
	char *file;
	/* By these a file is told from another one of that name. */
	int64_t size;			/* bytes */
	int64_t mtime, ctime;		/* ns since 1970 */
	uint64_t inode;

	struct span stanza;		/* of somebody else's; empty until it is known */
	char *why;			/* it is left out; or NULL */
	int pruned;			/* past [repo] keep */
};

struct packages {
	VEC(struct package) v;		/* sorted by file, by byte */
	struct buf known;		/* what stanzas are parts of */
	VEC(struct buf) raw;		/* likewise */
};

/* Reads which files are there.  Those that no package can be in are said.  Dies when
 * that fails. */
void packages_scan(struct packages *p, struct repo *r);

/* The one with that file, or NULL. */
struct package *packages_find(const struct packages *p, const char *file, size_t len);

/* Marks what is past the newest keep versions of its package and architecture.
 * Returns 0, or -1 with errno ENOMEM. */
int packages_prune(struct packages *p, uint64_t keep);

void packages_free(struct packages *p);

#endif
