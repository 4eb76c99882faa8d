/* A knot's units in a row, so that few edges point backwards. */
#ifndef AOINB_ORDER_ARRANGE_H
#define AOINB_ORDER_ARRANGE_H

#include "order/scc.h"

struct place {
	const struct graph *g;
	const struct knots *k;
	int kinds;		/* edges that count; the rest are not there */
	uint32_t *pos;		/* by unit: its place in the row of its knot */
	uint64_t looked;	/* at so many edges until now */

	uint32_t *must, *may;	/* unplaced needs that bind, and that may not be met */
	uint32_t *users;	/* unplaced units that need it */
	uint32_t *last, nlast;	/* units that no unplaced one needs */
	uint64_t *heap;		/* of keys, greatest first */
	size_t nheap;
};

/* Returns 0, or -1 with errno ENOMEM. */
int place_begin(struct place *p, const struct graph *g, const struct knots *k,
    int kinds);

/* Sets pos for the units of one knot: behind everything that they need by edges
 * that are not one of loose (these must have no cycle), and behind most of what
 * they need by the others. */
void place_knot(struct place *p, uint32_t knot, int loose);

/* Whether edge e counts, and both its ends are in one knot. */
static inline int
place_counts(const struct place *p, uint32_t e)
{
	return edge_is(p->g, e, p->kinds) &&
	    p->k->of[p->g->from[e]] == p->k->of[p->g->need[e]];
}

void place_end(struct place *p);

#endif
