/* What can be built: the units of the tree, and bundles by their paths. */
#ifndef AOINB_PLAN_CATALOG_H
#define AOINB_PLAN_CATALOG_H

#include "plan/plan.h"

/* Whether text is made like category/name. */
int catalog_is_unit(const char *text);

/* Adds the units of p->tree, and who makes which name.  Returns 0, or the exit code
 * after it was said what cannot be read. */
int catalog_tree(struct plan *p);

/* The folder of the bundle at path (absolute and resolved), which is added when it is
 * not known.  It dies when that is no bundle any more. */
uint32_t catalog_bundle(struct plan *p, const char *path);

#endif
