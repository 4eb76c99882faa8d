/* What the index of a repository holds. */
#ifndef REPO_LIST_H
#define REPO_LIST_H

#include "repo/repo.h"

enum list_form { LIST_ROWS, LIST_JSON };

/* Adds each package to out: name, version, architecture, size in bytes and file; as a
 * table for a terminal, else with tabs, or as JSON.  Dies with EX_NOINPUT when there is
 * no index. */
void list_packages(const struct repo *r, enum list_form form, struct buf *out);

#endif
