/* What was read of a tree, kept in a file: the lines of every bundle, and by
 * which files it can be told that they still hold.
 *
 * It is a cache.  One that is damaged, cut off, of another tree, architecture or
 * version is as good as none; and whoever can write to it is believed. */
#ifndef AOINB_EVAL_INDEX_H
#define AOINB_EVAL_INDEX_H

#include <time.h>

#include "buf.h"
#include "eval/trail.h"

struct index {
	const char *file;	/* NULL: none is kept */
	struct buf old, new;
	size_t from, end;	/* where in old the entries are */
	struct timespec safe;	/* what changed before this can be trusted */
};

/* Reads file, when it is not NULL and of this tree (an absolute path) and arch.
 * Returns 0, or -1 with errno ENOMEM. */
int index_open(struct index *x, const char *file, const char *tree,
    const char *arch);

/* A place among the entries of an index; each thread has its own. */
struct place {
	const struct index *x;
	size_t at;
	struct buf path;
};

void place_begin(struct place *p, const struct index *x);
void place_free(struct place *p);

/* The lines of the bundle dir (escaped), when nothing that they were made of has
 * changed since: name is the bundle's folder in the folder at.  To be asked in
 * the order of dir.  Adds them to lines, and their entry to entries.  Returns 1;
 * 0 when the bundle must be read; or -1 with errno ENOMEM. */
int index_get(struct place *p, const char *dir, int at, const char *name,
    struct buf *lines, struct buf *entries);

/* Adds to entries that of lines that were read just now.  Returns 0, or -1 with
 * errno ENOMEM. */
int index_put(const struct index *x, const char *dir, const struct trail *t,
    const struct buf *lines, struct buf *entries);

/* Adds entries, in their order, to the index that index_write writes.  Returns 0,
 * or -1 with errno ENOMEM. */
int index_add(struct index *x, const struct buf *entries);

/* Writes it, when it is not what it was.  Returns 0, or -1 with errno set. */
int index_write(struct index *x);

void index_free(struct index *x);

#endif
