/* What a server said of a file, kept beside it as "key=value" lines. */
#ifndef FETCH_META_H
#define FETCH_META_H

#define META_MAX 1024

struct meta {
	char *url;		/* the one asked for, before redirects */
	char etag[META_MAX];	/* as sent, quotes and all; "" for none */
	char modified[META_MAX];	/* Last-Modified as sent; "" for none */
	char boot[40];		/* of a part: cache_boot() when it was written */
	char sha256[65];	/* of the whole file, when there is one; or "" */
	long long total;	/* its size in bytes, -1 when not known */
};

void meta_init(struct meta *m);
void meta_free(struct meta *m);

/* A header's value for m: copied when it fits and is printable, else "". */
void meta_set(char to[META_MAX], const char *value);

/* Each returns 0, or -1 with errno set.  A missing or damaged file reads as
 * nothing known: what it says is only ever used to ask a server. */
int meta_read(struct meta *m, const char *path);
int meta_write(const struct meta *m, const char *path);

#endif
