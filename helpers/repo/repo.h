/* The repository of a branch: its folders, and what is said of it. */
#ifndef REPO_REPO_H
#define REPO_REPO_H

#include "buf.h"
#include "store/store.h"

enum {
	REPO_TEXT = 1 << 30,	/* bytes that an index of ours may have */
	REPO_SIGN = 32,		/* keys */
};

struct repo {
	struct store store;
	const char *branch;
	uint64_t keep;		/* versions of a package that stay; 0: all */
	uint64_t valid;		/* seconds that an index is good for; 0: for ever */
	const char *sign[REPO_SIGN + 1];

	int out;		/* output/BRANCH */
	int made;		/* its .new: what is about to get its name */
	int cache;		/* cache/repo/BRANCH */
	const char *stage;	/* a folder of out that goes when we fail; or NULL */
	unsigned left_out;	/* files that were named and are in no index */
	struct buf pruned;	/* paths of the files that were removed, a line each */
};

/* Opens output/BRANCH, which is made first when make is set.  Dies when that fails,
 * with EX_NOINPUT when there is none. */
void repo_open(struct repo *r, int make);

/* Takes the lock repo.BRANCH, and waits for it.  Returns its descriptor. */
int repo_lock(const struct repo *r);

/* Makes and opens .new, and removes what somebody who was killed left there; opens
 * the cache too.  The caller holds the lock. */
void repo_begin(struct repo *r);

/* Removes what lies in .new. */
void repo_clear(const struct repo *r);

/* Ends the program, after a line that says why the index could not be made.  The one
 * before it stays.  repo_failed_sys adds what errno says. */
void repo_failed(const struct repo *r, int code, const char *fmt, ...)
    __attribute__((format(printf, 3, 4), noreturn));
void repo_failed_sys(const struct repo *r, const char *fmt, ...)
    __attribute__((format(printf, 2, 3), noreturn));

/* Says that file is in no index, and why. */
void repo_left_out(struct repo *r, const char *file, const char *why);

/* Whether name may be that of a package's file. */
int repo_file_ok(const char *name);

/* Writes the new file name of .new.  Returns 0, or -1 with errno set. */
int repo_put(const struct repo *r, const char *name, const char *s, size_t len);

#endif
