/* Asking apt-ftparchive about packages. */
#ifndef REPO_DESCRIBE_H
#define REPO_DESCRIBE_H

#include "repo/package.h"

/* Gives a stanza to each package that has none.  What is no package, or what apt would
 * mind, is said and stays without.  Returns how many were asked for; dies when
 * apt-ftparchive itself fails. */
size_t describe(struct packages *p, struct repo *r);

/* The command, as it is run in output/BRANCH. */
extern const char *const describe_argv[];

#endif
