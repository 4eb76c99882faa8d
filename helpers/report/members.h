/* The units of a group, and what became of each. */
#ifndef REPORT_MEMBERS_H
#define REPORT_MEMBERS_H

#include "order/graph.h"
#include "report/series.h"
#include "store/job.h"

struct member {
	const char *unit, *version;	/* version: "-" when it is not known */
	char verdict[32];
	char *why;		/* "" for nothing to say */
	char *job;		/* NULL: it never had one */
	int64_t began_us, ended_us;	/* since 1970; -1: it never did */
	int64_t wall_us, cpu_us, peak_kib;	/* -1: not known */
	uint32_t lane;		/* in which it ran, as if there were slots */
	int key;		/* it is on the critical path */
};

struct members {
	const struct store *store;
	char path[JOB_PATH];	/* of the group */
	const char *id;
	struct group_state state;
	struct member *at;	/* as they stand in the plan */
	size_t n;
	int64_t began_us, ended_us;	/* of the first and the last build */
	uint32_t lanes;
	struct series series;	/* of all together */
	struct buf units, graph;	/* what the others lie in */
};

/* Reads the group path of the store s.  Returns 0; or -1 with errno set: ENOENT when it was
 * never planned, EBADMSG when its plan is damaged. */
int members_read(struct members *m, const struct store *s, const char *path);
void members_free(struct members *m);

#endif
