/* The folder of a job, or of an attempt at a task that a server has. */
#ifndef REPORT_FOLDER_H
#define REPORT_FOLDER_H

#include "report/draw.h"
#include "store/job.h"
#include "why/why.h"

struct folder {
	int dir;
	const struct store *store;	/* NULL: it is not in one */
	const char *id;			/* its last name */
	struct buf result, rusage;	/* records; each has a string */
	char verdict[32];		/* "" when it is not known */
};

/* Opens the folder path of the store at, or path as it is when at is NULL.  Returns 0, or
 * -1 with errno set. */
int folder_open_at(struct folder *f, const struct store *at, const char *path);
void folder_close(struct folder *f);

/* What it says of key, in out, which has a string then: "" for nothing.  It is text of others. */
const char *folder_fact(const struct folder *f, const char *key, struct buf *out);

/* The same as a number; -1 when it is none. */
int64_t folder_number(const struct folder *f, const char *key);

/* What it is called: unit and version. */
void folder_title(const struct folder *f, struct buf *out);

/* The next element of the array key, at first with *at NULL: 1 and it as JSON; 0 at the end.
 * all is freed by the caller. */
int folder_next(const struct folder *f, const char *key, struct buf *all, const char **at,
    const char **element, size_t *len);

/* The lines that say why it failed; none when it did not. */
void folder_why(const struct folder *f, struct why *w);

/* Its samples as curves, with the parts of the build as marks.  Returns whether there are
 * any. */
int folder_drawing(const struct folder *f, struct series *t, struct drawing *d);

#endif
