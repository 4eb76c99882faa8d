/* What a running job used of late, out of its samples.csv; see aoinb-rusage(1). */
#ifndef AOINB_STORE_SAMPLE_H
#define AOINB_STORE_SAMPLE_H

#include <stdint.h>

#include "store/job.h"

struct job_usage {
	double cpu;		/* processors that were busy, between the last two samples */
	uint64_t mem_kib;
};

/* The usage of the job id.  Returns 0, or -1 with errno ENODATA when its samples do not
 * tell. */
int job_usage(const struct store *s, const char *id, struct job_usage *u);

/* The last bytes, less than room, of the regular file path, seen from work_dir, as a
 * string; "" when there is none.  Returns how many. */
size_t job_tail(const struct store *s, const char *path, char *text, size_t room);

#endif
