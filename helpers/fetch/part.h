/* A download under way: part/KEY, and what its server said in part/KEY.meta,
 * so that it can go on where it stopped, even after kill -9. */
#ifndef FETCH_PART_H
#define FETCH_PART_H

#include <stddef.h>

#include "fetch/cache.h"

struct part {
	int fd;			/* -1 when not open */
	long long size;		/* bytes there, all of them in sum */
	struct digest *sum;
	struct meta meta;
	char path[200], meta_path[220];
};

/* Each returns 0, or -1 with errno set. */

/* Opens the part of e, new or old; an old one is read for its digest.  errno
 * ENOTSUP: no such digest here. */
int part_open(struct part *p, const struct entry *e);

/* Opens a new one that nobody will go on with. */
int part_temp(struct part *p, const struct algo *algo);

/* Back to no bytes. */
int part_restart(struct part *p);

/* A body begins, of length bytes from here (-1: not known): keeps p->meta and
 * asks for the space. */
int part_begin(struct part *p, long long length);

int part_add(struct part *p, const char *s, size_t len);

/* Makes it the file of e: renamed, read-only and stamped. */
int part_land(struct part *p, struct entry *e);

/* Closes it, and leaves the file for another time; or removes it.  errno is kept
 * by the first. */
void part_close(struct part *p);
void part_drop(struct part *p);

#endif
