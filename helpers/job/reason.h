/* Why a job failed, and what is said of its end. */
#ifndef JOB_REASON_H
#define JOB_REASON_H

#include "job/record.h"
#include "why/why.h"

/* Looks in the log of the job path, which has this verdict.  Nothing is found where
 * nothing failed, or not by what the log tells.  A log that cannot be read is named on
 * stderr, and passed over. */
void reason_find(struct args *a, const char *path, const char *verdict, struct why *w);

/* Tells people on stderr what became of it: what was built, verdict, time, memory; of a
 * failure the lines that say why, and the command that shows more.  The success of
 * one of a group is the group's to tell, and that of a step by hand nobody's. */
void reason_say(struct args *a, const char *path, const struct outcome *o);

#endif
