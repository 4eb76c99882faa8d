/* Programs that the server runs, each for one heavy act, with limits. */
#ifndef SERVE_CHILD_H
#define SERVE_CHILD_H

#include <stdint.h>

#include "buf.h"

struct child {
	const char *const *argv;
	int writes;		/* open on the only folder it can write in; -1: anywhere */
	int64_t memory, file;	/* bytes of address space, of a file; 0: any */
	int64_t seconds;	/* of processor time; twice that by the clock */
	size_t most;		/* bytes of output that are kept; past them it is ended */
	const char *in;		/* for its standard input, or NULL */
	struct buf out, err;	/* what it printed, to be freed */
	int overflowed;		/* it printed more than that */
};

/* Runs it to its end.  Returns its exit code, 128 + N when a signal ended it, or -1
 * with errno set. */
int child_run(struct child *c);
void child_free(struct child *c);

/* The first line that it said as an error, without its name; never empty. */
const char *child_why(struct child *c);

#endif
