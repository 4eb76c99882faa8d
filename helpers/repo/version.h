/* The order in which dpkg has versions. */
#ifndef REPO_VERSION_H
#define REPO_VERSION_H

#include "repo/stanza.h"

/* Below, at or above 0 as a is older than b, as old, or newer.  Numbers may have any
 * length. */
int version_compare(struct span a, struct span b);

#endif
