/* What the tree uses, from the best teller of each figure. */
#ifndef RUSAGE_METER_H
#define RUSAGE_METER_H

#include <stdint.h>
#include <sys/resource.h>

#include "buf.h"
#include "rusage/cgroup.h"

/* UNKNOWN (see cgroup.h) where nobody tells. */
struct usage {
	uint64_t cpu_us, user_us, sys_us;	/* since the start */
	uint64_t mem_kib, tasks;		/* now */
	uint64_t read_bytes, write_bytes;	/* since the start */
};

struct meter {
	struct cgroup *cg;
	/* What those whom we waited for used, with all their own children. */
	uint64_t user_us, sys_us, read_bytes, write_bytes, maxrss_kib;
	struct usage last;			/* the latest reading */
	uint64_t mem_peak, tasks_peak;		/* of all readings */
};

/* Books a process that wait4 has just reported. */
void meter_reaped(struct meter *m, const struct rusage *ru);

/* Takes a reading into m->last.  Sums never fall. */
void meter_read(struct meter *m);

/* CPU time alone, for the eye on silence; cheap where a cgroup tells it. */
uint64_t meter_cpu(struct meter *m);

/* The highest memory and number of tasks: from the kernel when it keeps that,
 * else of the readings. */
uint64_t meter_peak_kib(const struct meter *m);
uint64_t meter_peak_tasks(const struct meter *m);

/* Processes of the tree that the kernel killed for want of memory, and forks
 * that --tasks refused.  UNKNOWN without a cgroup that counts them. */
uint64_t meter_oom_kills(const struct meter *m);
uint64_t meter_refused(const struct meter *m);

/* "cpu:cgroup1,memory:proc,..." */
int meter_detail(const struct meter *m, struct buf *b);
const char *meter_source(const struct meter *m);

#endif
