/* Knots: the largest sets of units each of which needs every other, by some way
 * round (strongly connected components). */
#ifndef AOINB_ORDER_SCC_H
#define AOINB_ORDER_SCC_H

#include "order/graph.h"

struct knots {
	uint32_t n;
	uint32_t *of;		/* by unit: its knot; most are alone in theirs */
	uint32_t *at;		/* n + 1: where a knot begins in member */
	uint32_t *member;	/* units, by number within a knot */
};

/* Looks at the edges that are one of kinds and not given up.  Returns 0, or -1
 * with errno ENOMEM. */
int knots_find(struct knots *k, const struct graph *g, int kinds);

static inline uint32_t
knot_size(const struct knots *k, uint32_t knot)
{
	return k->at[knot + 1] - k->at[knot];
}

void knots_free(struct knots *k);

#endif
