/* What is in use, and stays in the cache when it is made smaller. */
#ifndef FETCH_KEEP_H
#define FETCH_KEEP_H

#include "fetch/source.h"
#include "vec.h"

struct keep {
	VEC(char *) keys;	/* as cache.h has them */
	int sorted;
};

/* Returns 0, or -1 with errno set. */
int keep_source(struct keep *k, const struct source *s);

/* All that the table at path wants, or what it has in the cache already.  pypi as
 * in rows.h.  Returns 0, or -1 after saying why it cannot be read. */
int keep_table(struct keep *k, const char *path, const char *pypi);

int keep_has(struct keep *k, const char *key);
void keep_free(struct keep *k);

#endif
