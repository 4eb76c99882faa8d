/* A bundle's files, read as those of a stranger: no symbolic link is followed,
 * and nothing but a file is opened for good. */
#ifndef AOINB_EVAL_BUNDLE_H
#define AOINB_EVAL_BUNDLE_H

#include "eval/package.h"

struct bundle {
	struct package p;	/* p.out gets the lines */

	/* Inner matters. */
	int dir;
	struct buf text;
};

/* Returns 0, or -1 with errno ENOMEM. */
int bundle_init(struct bundle *b, const char *arch);
void bundle_free(struct bundle *b);

/* Adds to b->p.out all that is to be said of the bundle in the folder dir, which
 * is called shown (escaped).  Returns 1; or 0 when there is no spec in it, and so
 * no bundle; or -1 with errno ENOMEM. */
int bundle_read(struct bundle *b, int dir, const char *shown);

#endif
