/* Samples of builds as curves: so many pieces of time, each as long as the others. */
#ifndef REPORT_SERIES_H
#define REPORT_SERIES_H

#include <stdint.h>

#include "vec.h"

enum { BINS = 300, SAMPLES_TEXT = 64 << 20 };

/* Columns of samples.csv. */
enum { S_ELAPSED, S_USER, S_SYS, S_MEM, S_TASKS, S_READ, S_WRITE, S_DISK, S_FREE, S_LOG, S_COLUMNS };
#define S_UNKNOWN UINT64_MAX

struct samples {
	VEC(struct sample { uint64_t v[S_COLUMNS]; });
};

enum { C_USER, C_SYS, C_MEM, C_TASKS, C_READ, C_WRITE, C_DISK, CURVES };

struct series {
	int64_t span_us;	/* of all bins */
	double at[CURVES][BINS];	/* processors, KiB, processes, bytes a second, KiB */
	int known[CURVES];
};

/* Reads the file name in the folder dir; what is no sample, and what goes back in time, is
 * passed over.  Returns 0, or -1 with errno set: ENOENT when there is none. */
int samples_read(int dir, const char *name, struct samples *s);

/* Adds what s tells, which began offset_us after the beginning of t.  t->span_us is set. */
void series_add(struct series *t, const struct samples *s, int64_t offset_us);

/* When so many bytes had been said to the log, in microseconds; -1 when that is not known. */
int64_t samples_said(const struct samples *s, uint64_t bytes);

#endif
