/* Jobs and groups by a part of their id. */
#ifndef JOB_FIND_H
#define JOB_FIND_H

#include "job/args.h"

/* The path of what part names, as job_find has it: a job, with --group a group, with
 * --any either.  Ends the program, saying why, when there is none, or more than one. */
void find(struct args *a, const char *part, char path[JOB_PATH]);

#endif
