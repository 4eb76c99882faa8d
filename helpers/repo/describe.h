/* Asking apt-ftparchive about packages. */
#ifndef REPO_DESCRIBE_H
#define REPO_DESCRIBE_H

#include "repo/package.h"

/* Where it works. */
struct describe {
	int dir;		/* the folder of the packages */
	const char *say;	/* one of its own, seen from dir (sandbox_folder) */
};

/* Gives a stanza to each package that has none.  What is no package, what apt would mind,
 * or what takes more than the sandbox allows to be read, gets a
 * reason in its place.  Returns how many were asked for; dies when
 * apt-ftparchive itself fails. */
size_t describe(struct packages *p, struct repo *r, const struct describe *at);

/* The same, said of each that has no stanza then: it is left out of the index. */
size_t describe_all(struct packages *p, struct repo *r);

/* The command, as it is run in output/BRANCH. */
extern const char *const describe_argv[];

#endif
