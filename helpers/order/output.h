/* What aoinb-order prints. */
#ifndef AOINB_ORDER_OUTPUT_H
#define AOINB_ORDER_OUTPUT_H

#include "buf.h"
#include "order/scc.h"
#include "order/sched.h"

/* Builds everything of s in thought, each unit taking its weight, and adds a line
 * for each to out.  Units that end at one time make room together.  s is spent.
 * Returns 0, or -1 with errno ENOMEM. */
int order_units(struct buf *out, struct sched *s);

/* Adds a line for each edge given up; k are the components from before. */
int order_broken(struct buf *out, const struct graph *g, const struct sccs *k);

/* Adds what can be done now, and how far it all is; s has it done. */
int order_next(struct buf *out, struct sched *s);

#endif
