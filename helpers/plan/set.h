/* The units of a plan: which belong to it, and in what state each is. */
#ifndef AOINB_PLAN_SET_H
#define AOINB_PLAN_SET_H

#include "plan/plan.h"

/* Makes p->units of p->wanted: these, and with p->with_deps what they need, apt does
 * not have, and the tree does.  Returns 0; or EX_DATAERR after it was said which two
 * cannot be told from each other. */
int set_make(struct plan *p);

/* Whether a part of a unit gets a name from its unit itself: an earlier part makes
 * it. */
int set_is_own(const struct plan *p, const struct planned *u, uint32_t part,
    uint32_t name);

/* The unit other than u that gives the name, or NONE. */
uint32_t set_giver(const struct plan *p, uint32_t u, uint32_t name);

#endif
