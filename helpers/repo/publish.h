/* The new index gets its names. */
#ifndef REPO_PUBLISH_H
#define REPO_PUBLISH_H

#include "repo/release.h"

/* Gives what lies in .new its names: by its digest first, so that a client finds what a
 * Release names, whenever it read that; then each by a rename, Release last.  Dies when
 * that fails. */
void publish(const struct repo *r, const struct release *names);

/* Removes indexes in by-hash that no client can have use for any more. */
void publish_forget(const struct repo *r, const struct release *names);

#endif
