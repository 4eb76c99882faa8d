/* In which order a plan's units are built: the only door to what aoinb-order(1) is
 * made of. */
#ifndef AOINB_PLAN_ORDER_H
#define AOINB_PLAN_ORDER_H

#include "plan/plan.h"

/* Orders all of p->graph, into p->order.  It dies for a graph that aoinb-order(1)
 * would not take. */
void order_make(struct plan *p);

/* The same without what cannot be built: the state of what waits for that becomes
 * STATE_SKIPPED, and each unit that is left gets its place, with p->built_in,
 * p->broken and p->seconds. */
void order_make_rest(struct plan *p);

#endif
