/* By which files it can be told that what was made of them still holds. */
#ifndef AOINB_EVAL_TRAIL_H
#define AOINB_EVAL_TRAIL_H

#include <stdint.h>
#include <sys/stat.h>
#include <time.h>

#include "buf.h"

/* What tells a file, and its state, from others. */
enum { TRAIL_NUMBERS = 6 };

void trail_numbers(const struct stat *st, uint64_t n[TRAIL_NUMBERS]);

/* The files that a bundle's lines were made of, as they were just before. */
struct trail {
	struct buf text;	/* whoever has the trail frees it */
	size_t n;		/* files */
	struct timespec newest;	/* change of any */
	int lost;		/* something failed that no file's state tells */
};

void trail_begin(struct trail *t);

/* Adds path, seen from the bundle; st is NULL when there is no such file.
 * Returns 0, or -1 with errno ENOMEM. */
int trail_add(struct trail *t, const char *path, const struct stat *st);

/* Whether everything in it changed before that time. */
int trail_before(const struct trail *t, struct timespec when);

/* Whether the n files that text tells of, seen from the folder name in the folder
 * at, are as they were; text need not be sound, but ends in a NUL somewhere.  path
 * is room to work in.  Returns 1 or 0, or -1 with errno ENOMEM. */
int trail_same(const char *text, uint64_t n, int at, const char *name,
    struct buf *path);

#endif
