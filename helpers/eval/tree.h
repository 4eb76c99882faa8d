/* A tree of packages: DIR/CATEGORY/NAME. */
#ifndef AOINB_EVAL_TREE_H
#define AOINB_EVAL_TREE_H

/* Prints the packages for arch of all bundles in dir, by the help of the index in
 * file, or NULL.  Returns the exit code: 0, or EX_NOINPUT after it was said what
 * cannot be read. */
int tree_print(const char *dir, const char *file, const char *arch);

#endif
