/* The supervisor of a group: starts what may start, waits, and writes down what
 * became of it, until nothing is left. */
#ifndef AOINB_GROUP_SUPERVISE_H
#define AOINB_GROUP_SUPERVISE_H

#include "group/console.h"
#include "group/journal.h"

struct supervise_args {
	const char *prog;	/* the executor */
	uint64_t jobs;		/* compile jobs of all builds together */
	int fail_fast;
};

/* Signals from a descriptor instead of by handlers: those that tell us to end, and
 * the change of the terminal's size.  A signal that is ignored stays so.  Returns the
 * descriptor, or -1 with errno set. */
int supervise_signals(void);

/* Builds what the group says, and says how it goes.  Returns the exit code: 0, 1 when
 * something was not built, 74 when that could not be written down, 128 + n when signal
 * n came.  Sets *stopped when nothing new was to begin. */
int supervise(struct journal *j, struct console *c, const struct supervise_args *a,
    int signals, int *stopped);

#endif
