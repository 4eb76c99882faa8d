/* Jobs that died. */
#ifndef JOB_SWEEP_H
#define JOB_SWEEP_H

#include "job/args.h"

enum sweep_how { SWEEP_QUIET, SWEEP_TELL };

/* Ends the jobs that died: what they say is "killed", their workspace goes.  Each
 * under its lock, since others may be sweeping, too.  Returns 0, or, with SWEEP_TELL,
 * the exit code of what could not be done, having said it. */
int sweep(struct args *a, enum sweep_how how);

#endif
