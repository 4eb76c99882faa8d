/* What a plan's units need of each other. */
#ifndef AOINB_PLAN_GRAPH_H
#define AOINB_PLAN_GRAPH_H

#include "plan/known.h"
#include "plan/plan.h"

/* Makes p->graph, what aoinb-order(1) reads: the units that are not built yet, with
 * the names that count only, so that it is small.  Those that cannot be built are in
 * it, and take no time.  Sets the kib of units. */
void graph_put(struct plan *p, const struct times *t);

/* Whether a unit stands in the graph. */
int graph_has(const struct planned *u);

#endif
