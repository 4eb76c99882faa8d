/* Packages that were built become packages of a repository. */
#ifndef REPO_ADD_H
#define REPO_ADD_H

#include "repo/repo.h"

/* Dies unless each of files is there (EX_NOINPUT) and has a name of its own (EX_USAGE). */
void add_check(char *const files[]);

/* Moves each of files there by one rename; what is no package's file is said and left
 * where it is.  Adds to rows, for each, "sha256::HEX BYTES NAME" with tabs.  The caller
 * holds the lock.  Dies when one cannot be moved. */
void add_files(struct repo *r, char *const files[], struct buf *rows);

#endif
