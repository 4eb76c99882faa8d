/* Tables of sources: what of them is a file is wanted once, whoever names it,
 * and each is written again with what came. */
#ifndef FETCH_TABLES_H
#define FETCH_TABLES_H

#include "fetch/once.h"
#include "fetch/rows.h"

struct tables {
	struct rows *v;
	size_t n;
	struct once files;	/* a row's file is its place there */
};

/* What became of a file. */
struct outcome {
	int here;		/* it is in the cache */
	int code;		/* exit code it ended with */
	char hex[DIGEST_HEX];	/* the digest it has there */
};

/* Reads the tables at paths, which end with NULL and must outlive t; each name
 * must end in ".want".  pypi as in rows.h.  What cannot be read or is not taken
 * is said, and the others are read.  Returns the lowest exit code. */
int tables_read(struct tables *t, const char *const *paths, const char *pypi);
void tables_free(struct tables *t);

/* Writes each table without its ".want", with the digests that v (one for each
 * of t->files) has, and the paths in the cache, or "-", behind each row.  cache
 * is that folder, open.  Says so when a web page came in place of an archive and
 * no digest could tell.  Returns the lowest exit code. */
int tables_write(const struct tables *t, const struct outcome *v, int cache);

#endif
