/* The packages of bundles that are named one by one. */
#ifndef AOINB_EVAL_PACKAGES_H
#define AOINB_EVAL_PACKAGES_H

/* Prints those for arch of the bundles, a list that ends with NULL.  Returns the
 * exit code: 0, or EX_NOINPUT after it was said what is no bundle. */
int packages_print(char **bundle, const char *arch);

#endif
