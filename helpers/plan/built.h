/* What is built already. */
#ifndef AOINB_PLAN_BUILT_H
#define AOINB_PLAN_BUILT_H

#include "plan/plan.h"

/* Sets the state of units, from the number first on, to BUILT where a record says that
 * it was built for the branch, by its name or by its path, the packages are still there, and version, modifiers
 * and bundle are the same; with p->rebuild only of those that were not asked for.
 * What cannot be told is not built, which is said. */
void built_look(struct plan *p, uint32_t first);

#endif
