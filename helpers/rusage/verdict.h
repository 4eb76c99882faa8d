/* How a run ended: in a word, and as an exit code. */
#ifndef RUSAGE_VERDICT_H
#define RUSAGE_VERDICT_H

#include <stdint.h>

/* Why we ended it; NONE when it ended by itself. */
enum cause { NONE, TIMEOUT, SILENT, OOM, DISK_FULL, STOPPED };

struct verdict {
	enum cause why;
	int stopped_by;		/* the signal, for STOPPED */
	int from_terminal;	/* a signal that reached PROG without us, or 0 */
};

/* The word for it, given PROG's wait status and how many processes the kernel
 * killed for want of memory (UNKNOWN: see cgroup.h).  *code is what to exit
 * with. */
const char *verdict_judge(const struct verdict *v, int status,
    uint64_t oom_kills, int *code);

#endif
