/* The record of how a job ended, and of what it is meanwhile. */
#ifndef JOB_RECORD_H
#define JOB_RECORD_H

#include <stdint.h>

#include "job/args.h"

struct outcome {
	const char *verdict;
	int code;		/* an exit code; -1 when there is none */
	const char *arch;	/* what it was built for, or NULL */
	int64_t ended;		/* seconds since 1970; -1 when it has not */
	const struct why *why;	/* or NULL, when it is yet to be found */
};

/* Adds the JSON of job path to out: the outcome, and what its files say.  One that is
 * damaged is named on stderr, and passed over. */
void record_make(struct args *a, const char *path, const struct outcome *o,
    struct buf *out);

/* Writes it to result.json.  Returns 0, or -1 with errno set. */
int record_write(struct args *a, const char *path, const struct outcome *o);

/* The first line of the job's file name, in line, which has a string then: "" when
 * there is none or it cannot be read. */
void record_line(struct args *a, const char *path, const char *name, struct buf *line);

/* The file name, whole, in text, which has a string then: "" when there is none.  One
 * that cannot be read is named on stderr. */
void record_text(struct args *a, const char *path, const char *name, struct buf *text);

/* Says that the file name of the job path is damaged. */
void record_damaged(const char *path, const char *name);

#endif
