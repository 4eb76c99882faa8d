/* A list of sources that has each once. */
#ifndef FETCH_ONCE_H
#define FETCH_ONCE_H

#include "fetch/source.h"

struct once {
	struct source_list list;
	void *seen;		/* tsearch(3)'s */
};

/* Puts src, which is o's from now on, into the list unless it is there: the same
 * URL with the same digest.  Returns its place, or -1 with errno set. */
ssize_t once_add(struct once *o, struct source *src);
void once_free(struct once *o);

#endif
