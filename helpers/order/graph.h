/* Who needs whom. */
#ifndef AOINB_ORDER_GRAPH_H
#define AOINB_ORDER_GRAPH_H

#include <stdint.h>

#include "order/unit.h"

enum {
	EDGE_BUILD = 1,
	EDGE_RUN = 2,
	EDGE_BOTH = EDGE_BUILD | EDGE_RUN,
	EDGE_GONE = 4,		/* given up to break a cycle */
};

/* Edge e says that from[e] needs need[e].  Those of unit u are need_at[u] to
 * need_at[u + 1], less one, in the order of what they need; those of which u is
 * needed are user[user_at[u]] to user[user_at[u + 1]], less one. */
struct graph {
	const struct unit *unit;
	uint32_t n, edges;
	uint32_t *need_at, *need, *from;
	uint32_t *user_at, *user;
	uint8_t *kind;
};

/* Whether edge e is one of kinds, and not given up. */
static inline int
edge_is(const struct graph *g, uint32_t e, int kinds)
{
	return g->kind[e] < EDGE_GONE && (g->kind[e] & kinds);
}

/* Finds who provides what the units need: of several, the first in the input.
 * Names that none provides, and those that lead a unit to itself, make no edge;
 * two that lead to the same unit make one, and that is EDGE_BUILD if one of them
 * is.  g refers to all.  Returns 0, or -1 with errno ENOMEM. */
int graph_make(struct graph *g, const struct units *all);

void graph_free(struct graph *g);

#endif
