/* What PROG says: to the log, or through pipes to where our own output goes; and what it
 * reads then. */
#ifndef RUSAGE_OUTPUT_H
#define RUSAGE_OUTPUT_H

#include <poll.h>

#include "rusage/input.h"
#include "rusage/log.h"
#include "rusage/plan.h"
#include "rusage/record.h"
#include "rusage/relay.h"
#include "rusage/tree.h"

enum { OUTPUT_FDS = 4 };	/* of the log, of stdout, of stderr and of stdin */

struct output {
	const char *name;	/* of the log */
	int kept;		/* in a log */
	struct log log;
	int told;		/* whether it was said that it cannot be written */
	struct relay relay[2];	/* of stdout and stderr, without a log */
	struct input input;
	int failed;		/* whether some of it could not be written */
};

/* Makes the pipes that PROG gets; log is the open log, or -1.  Ends the program, having
 * said why, when it cannot. */
void output_begin(struct output *o, const struct plan *p, int log);

/* What PROG gets: fills in how's descriptors. */
void output_give(const struct output *o, struct tree_start *how);

/* PROG has them by now. */
void output_started(struct output *o);

/* What to wait for, on OUTPUT_FDS descriptors. */
void output_wants(const struct output *o, struct pollfd *fd);

/* Does what the one at which of fd says can be done.  A failure is said, once. */
void output_copy(struct output *o, struct pollfd *fd, int which);

/* What was to be left alone for a while is looked at again. */
void output_again(struct output *o, struct pollfd *fd);

/* Copies what is left, adds to res what the log has come to, and sets failed.  For
 * once only. */
void output_end(struct output *o, struct result *res);

#endif
