/* What a bundle is made of: one package, or a sub-package for each of its parts.  Its
 * files are read as those of a stranger: no symbolic link is followed, and nothing
 * but a file is opened for good. */
#ifndef AOINB_EVAL_PARTS_H
#define AOINB_EVAL_PARTS_H

#include "eval/package.h"

struct parts {
	struct package p;	/* p.out gets the lines */

	/* Inner matters. */
	int dir;
	struct buf text;
};

/* Returns 0, or -1 with errno ENOMEM. */
int parts_init(struct parts *b, const char *arch);
void parts_free(struct parts *b);

/* Adds to b->p.out all that is to be said of the bundle in the folder dir, which
 * is called shown (escaped).  Returns 1; or 0 when there is no spec in it, and so
 * no bundle; or -1 with errno ENOMEM. */
int parts_read(struct parts *b, int dir, const char *shown);

#endif
