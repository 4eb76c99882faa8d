/* The two files that tell of a run: a summary of KEY=VALUE lines, and samples
 * as comma-separated values.  Their fields: aoinb-rusage(1). */
#ifndef RUSAGE_RECORD_H
#define RUSAGE_RECORD_H

#include <stdint.h>
#include <time.h>

#include "rusage/meter.h"
#include "rusage/plan.h"

struct disk {
	uint64_t start_kib, used_kib, free_kib;	/* of the file system */
	uint64_t peak_kib, free_min_kib;	/* growth at its highest */
	uint64_t folder_kib;			/* by the walk at the end */
};

struct result {
	time_t start;
	uint64_t wall_us;
	int status;		/* of PROG, as wait(2) has it */
	const char *verdict;
	uint64_t samples;
	uint64_t log_bytes, log_missing;	/* said, and not in the log; or UNKNOWN */
};

/* Opens path for appending, and lets nothing but a regular file be there
 * (EEXIST).  Returns a descriptor, or -1 with errno set. */
int record_open(const char *path);

/* Whether a record can be written at path later on.  Returns 0 or -1 with
 * errno set as file_replace would. */
int record_check(const char *path);

/* Empties fd and writes the header line. */
int record_header(int fd);

/* Adds a line.  What is UNKNOWN is left empty. */
int record_sample(int fd, uint64_t elapsed_us, const struct usage *u,
    const struct disk *d, uint64_t log_bytes);

int record_write(const char *path, const struct plan *p, const struct result *r,
    const struct meter *m, const struct disk *d);

#endif
