/* A table of sources as aoinb-spec(1) prints it, or as aoinb-fetch(1) wrote it
 * again with what it fetched. */
#ifndef FETCH_ROWS_H
#define FETCH_ROWS_H

#include "fetch/source.h"

/* One source.  "" is never a value: what there is none of is "-". */
struct row {
	const char *n, *type, *digest, *name, *options, *url;
	const char *path;	/* in the cache; NULL in a table that is wanted */
	size_t file;		/* for whoever fetches it */
};

struct rows {
	const char *title;	/* the caller's */
	char *text;		/* what the rows point into */
	struct row *v;
	char *bundle;		/* whose they are, or NULL */
	size_t n;
};

/* Reads the table at path.  Returns 0; or -1 after saying why, with errno set:
 * ENOENT, EBADMSG for what is no such table, or another. */
int rows_read(struct rows *t, const char *path);
void rows_free(struct rows *t);

/* Whether it is one file: a tarball, a file or a release on PyPI. */
int row_is_file(const struct row *r);

/* The source that a row names, which is a file, to be freed with source_drop.
 * pypi is the template of a release's URL, with {initial} {name} {version}, or
 * NULL.  Returns NULL, or what is wrong in a few words and nothing to be freed. */
const char *row_source(const struct row *r, const char *pypi,
    struct source *src);

#endif
