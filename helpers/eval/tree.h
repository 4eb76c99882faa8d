/* A tree of packages: DIR/CATEGORY/NAME. */
#ifndef AOINB_EVAL_TREE_H
#define AOINB_EVAL_TREE_H

#include <stddef.h>

#include "buf.h"

struct tree {
	struct buf *lines;	/* of each category, sorted by bytes */
	size_t n, bundles;
};

/* Reads what packages for arch all bundles in dir have: lines as of --packages,
 * in which a bundle is category/name.  Returns 0; or EX_NOINPUT after it was said
 * what cannot be read, with the rest in t.  It dies where memory ends. */
int tree_read(struct tree *t, const char *dir, const char *arch);

void tree_free(struct tree *t);

/* Prints these lines.  Returns as tree_read does. */
int tree_print(const char *dir, const char *arch);

#endif
