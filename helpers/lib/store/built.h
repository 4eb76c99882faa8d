/* What is built of each unit: built/BRANCH/KEY, a record of
 *
 *	version=VER-REL  bundle=DIGEST  modifiers=TEXT  package=FILE
 *
 * a line each, the last one for every package; no line without a value. */
#ifndef AOINB_STORE_BUILT_H
#define AOINB_STORE_BUILT_H

#include <time.h>

#include "store/store.h"

struct built {
	const char *version, *bundle;
	const char *modifiers;	/* "" for none */
	const char **packages;	/* names of files in output/BRANCH */
	size_t n;

	struct buf text;	/* built_read: what the others lie in */
};

/* Reads what is built of unit for branch.  Returns 0, and b is to be freed by
 * built_free; or -1 with errno set: ENOENT when nothing is, EBADMSG when the record
 * is torn or none of ours. */
int built_read(const struct store *s, const char *branch, const char *unit,
    struct built *b);
void built_free(struct built *b);

/* The same of the bundle at path, absolute and resolved, whose unit may have been built
 * by its other name (unit_other_name): the newer record counts. */
int built_read_newest(const struct store *s, const char *branch, const char *unit,
    const char *path, struct built *b);

/* Writes it.  Returns 0, or -1 with errno set. */
int built_write(const struct store *s, const char *branch, const char *unit,
    const struct built *b);

/* Whether the record of a unit that has another name than this one, categories and paths
 * left out, has the package file; the name of that
 * record goes to owner then.  Returns 1 or 0, or -1 with errno set. */
int built_by_another(const struct store *s, const char *branch, const char *unit,
    const char *file, struct buf *owner);

/* When it was written.  Returns 0, or -1 with errno set. */
int built_time(const struct store *s, const char *branch, const char *unit,
    struct timespec *when);

#endif
