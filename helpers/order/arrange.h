/* The units of a component in a row, so that few edges point backwards. */
#ifndef AOINB_ORDER_ARRANGE_H
#define AOINB_ORDER_ARRANGE_H

#include "order/scc.h"

struct arrangement {
	const struct graph *g;
	const struct sccs *sccs;
	int kinds;		/* edges that count; the rest are not there */
	uint32_t *pos;		/* by unit: its place in the row of its component */
	uint64_t looked;	/* at so many edges until now */

	uint32_t *must, *may;	/* unplaced needs that bind, and that may not be met */
	uint32_t *users;	/* unplaced units that need it */
	uint32_t *last, nlast;	/* units that no unplaced one needs */
	uint64_t *heap;		/* of keys, greatest first */
	size_t nheap;
};

/* Returns 0, or -1 with errno ENOMEM. */
int arrange_begin(struct arrangement *a, const struct graph *g,
    const struct sccs *sccs, int kinds);

/* Sets pos for the units of component c: behind everything that they need by edges
 * that are not one of loose (these must have no cycle), and behind most of what
 * they need by the others. */
void arrange_scc(struct arrangement *a, uint32_t c, int loose);

/* Whether edge e counts, and both its ends are in one component. */
static inline int
arrange_counts(const struct arrangement *a, uint32_t e)
{
	return edge_is(a->g, e, a->kinds) &&
	    a->sccs->of[a->g->from[e]] == a->sccs->of[a->g->need[e]];
}

void arrange_end(struct arrangement *a);

#endif
