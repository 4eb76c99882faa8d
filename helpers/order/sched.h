/* What to build when.  The simulation and the builds themselves ask the same
 * function, so that they cannot differ. */
#ifndef AOINB_ORDER_SCHED_H
#define AOINB_ORDER_SCHED_H

#include "order/graph.h"

enum state { WAITING, RUNNING, DONE, FAILED, SKIPPED, STATES };

struct sched {
	const struct graph *g;	/* without a cycle */
	uint32_t slots;		/* run at once, at most; from 1 */
	uint64_t memory;	/* KiB that they have together; 0 is no limit */

	uint8_t *state;		/* by unit */
	uint32_t *level;	/* 1, or more than all that it waits for */
	uint64_t *path;		/* microseconds: its weight, and that of the longest
				 * way through those that wait for it */
	uint32_t count[STATES];

	uint64_t used;		/* KiB of those that run */
	uint32_t *order;	/* what is needed comes first */
	uint32_t *rank;		/* by unit: 0 for the longest path, then by name */
	uint32_t *by_rank;
	uint32_t *waits;	/* by unit: needs that are not DONE */
	uint64_t *ready;	/* tree over ranks: the least memory below */
	uint32_t leaves;
};

#define SCHED_NONE UINT32_MAX

/* Everything is WAITING.  Returns 0, or -1 with errno ENOMEM. */
int sched_begin(struct sched *s, const struct graph *g, uint32_t slots,
    uint64_t memory);

/* u is in that state from now on. */
void sched_set(struct sched *s, uint32_t u, enum state state);

/* Sets a unit that waits for one that is FAILED or SKIPPED to SKIPPED.  Returns
 * it, with the one it waited for in *because (failed ones first), or SCHED_NONE
 * when there is no more.  *at is 0 at the first call, and is moved on. */
uint32_t sched_skip(struct sched *s, uint32_t *at, uint32_t *because);

/* Sets the unit that is to be started now to RUNNING, and returns it; or
 * SCHED_NONE when nothing is until a running one ends.  That is the first by rank
 * among those that wait for nothing and fit in memory; or just the first when
 * nothing runs. */
uint32_t sched_start(struct sched *s);

void sched_end(struct sched *s);

#endif
