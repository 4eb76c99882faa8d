/* Jobs of the last version. */
#ifndef JOB_OLD_H
#define JOB_OLD_H

#include "job/args.h"

/* Makes what the last version left in the job path what this one reads: conf,
 * sources.want, stack.deps, deps, bundle.digest, env.  Nothing happens to one of
 * this version, to one that runs, or where we may not write. */
void old_take_over(struct args *a, const char *path);

/* Makes a copy of the files of the job path in the folder that a->copy is, with a link to
 * its bundle, and does the same to that, also with -n; path is as it was.  Ends the
 * program when it cannot. */
void old_copy(struct args *a, const char *path);

#endif
