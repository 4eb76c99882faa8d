/* What a server needs to build the targets as well. */
#ifndef AOINB_PLAN_PACK_H
#define AOINB_PLAN_PACK_H

#include "plan/plan.h"

/* Adds lines to out, with tabs between the fields:
 *	target	NAME[:MODIFIERS]	what to ask the server for
 *	tree	PATH			what has to be there, below the tree
 *	bundle	NAME	PATH		a bundle of elsewhere that goes by NAME there
 * Dies when a bundle cannot go by any name. */
void pack_print(struct plan *p, struct buf *out);

#endif
