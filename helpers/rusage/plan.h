/* What the command line asks for. */
#ifndef RUSAGE_PLAN_H
#define RUSAGE_PLAN_H

#include <stdint.h>

#include "rusage/cgroup.h"

struct plan {
	const char *record, *samples, *log, *disk;	/* paths, or NULL */
	uint64_t interval_s, grace_s;
	uint64_t time_s, silence_s, memory, tasks, floor, log_max; /* 0: no limit */
	enum source source;
	int die_with_parent, relay;
	char **argv;
};

#endif
