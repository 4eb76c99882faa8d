/* From the start of PROG to the end of its tree: one loop over what happens. */
#ifndef RUSAGE_WATCH_H
#define RUSAGE_WATCH_H

#include <signal.h>

#include "rusage/cgroup.h"
#include "rusage/plan.h"

/* What the front process hands to the one that watches. */
struct watch_args {
	const struct plan *plan;
	struct cgroup *cg;	/* made, and limited */
	int samples, log;	/* descriptors, or -1 */
	int front;		/* a pidfd of the front process */
	sigset_t ignored;	/* what PROG is to ignore */
	sigset_t held;		/* blocked by now, to be read from here */
};

/* Runs PROG and all of its tree to the end, samples, keeps the limits and
 * writes the record.  Returns the exit code to pass on, or dies with it. */
int watch(const struct watch_args *a);

#endif
