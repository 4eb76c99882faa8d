/* Components: the largest sets of units each of which needs every other, by some way
 * round (strongly connected components). */
#ifndef AOINB_ORDER_SCC_H
#define AOINB_ORDER_SCC_H

#include "order/graph.h"

struct sccs {
	uint32_t n;
	uint32_t *of;		/* by unit: its component; most are alone */
	uint32_t *at;		/* n + 1: where a component begins in member */
	uint32_t *member;	/* units, by number within a component */
};

/* Looks at the edges that are one of kinds and not given up.  Returns 0, or -1
 * with errno ENOMEM. */
int scc_find(struct sccs *k, const struct graph *g, int kinds);

static inline uint32_t
scc_size(const struct sccs *k, uint32_t c)
{
	return k->at[c + 1] - k->at[c];
}

void scc_free(struct sccs *k);

#endif
