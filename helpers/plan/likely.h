/* Names that are like one that is not there. */
#ifndef AOINB_PLAN_LIKELY_H
#define AOINB_PLAN_LIKELY_H

#include "plan/plan.h"

/* "; like it: A, B, C": at most three units, packages or groups, those with the
 * fewest other letters first; "" when there is none, and for all but the first few
 * that are asked for, which tell what is wrong.  groups are n names, each
 * with "groups/" before it. */
const char *likely(struct plan *p, const char *name, const char *const *groups,
    size_t n);

#endif
