/* Jobs of the last version. */
#ifndef JOB_OLD_H
#define JOB_OLD_H

#include "job/args.h"

/* Makes what the last version left in the job path what this one reads: conf,
 * sources.want, stack.deps, deps, bundle.digest, env.  Nothing happens to one of
 * this version, to one that runs, or where we may not write. */
void old_take_over(struct args *a, const char *path);

#endif
