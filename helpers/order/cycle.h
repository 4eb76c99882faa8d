/* Cycles are real, and a row of builds has none. */
#ifndef AOINB_ORDER_CYCLE_H
#define AOINB_ORDER_CYCLE_H

#include "order/graph.h"

/* Marks edges as given up until no cycle is left; none that a cycle with the
 * kept ones does not need, and a build edge only where build edges alone make a
 * cycle.  It depends on names only, and not on the order of the input.  Returns
 * 0, or -1 with errno ENOMEM. */
int cycle_break(struct graph *g);

#endif
