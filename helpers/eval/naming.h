/* What sources are called that have no rename=, as acbs has it: a repository by its
 * package, a file by package, version and what its name ends in.  Where nobody knows
 * the package, or that can be no name, they are called by their URLs, and so are
 * tarballs. */
#ifndef AOINB_EVAL_NAMING_H
#define AOINB_EVAL_NAMING_H

#include "eval/source.h"

struct naming {
	const char *package, *version;	/* NULL when it is not known */
	int taken;		/* another source is called like the package */
	char made[256];
};

/* Sets s->name, which lasts until the next call; others is how many sources come before
 * it.  Returns 0; or -1 with the reason in w when it can have none. */
int naming_apply(struct naming *n, struct source *s, unsigned others, struct why *w);

/* What the sources of the spec at path go by: PKGNAME of its package for arch; where that
 * is not known, or there are sub-packages, the name of the folder, which is `folder`
 * unless that is NULL or empty.  NULL when nothing is known; else to be freed. */
char *naming_package(const char *path, const char *folder, const char *arch);

#endif
