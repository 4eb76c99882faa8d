/* Binds: something of ours shown inside a root. */
#ifndef MOUNT_BIND_H
#define MOUNT_BIND_H

struct bind {
	char *src;		/* in the caller's world */
	char *dst;		/* inside the root */
	int ro;
	int fd;			/* bind_take: the detached copy of src */
	struct bind *next;
};

/* Reads "SRC:DST" or "SRC:DST:ro", where "\:" and "\\" stand for ":" and "\".
 * Returns a bind for the caller to keep; or NULL with errno set, EINVAL when s
 * is anything else. */
struct bind *bind_parse(const char *s);

/* Copies what is mounted at src and below it (open_tree), read-only all the way
 * down when ro; what is mounted there later does not show.  Needs a mount
 * namespace of our own.  Returns 0, or -1 with errno set. */
int bind_take(struct bind *b);

/* Puts the copy at dst inside root, a folder's descriptor.  A missing dst is
 * made.  Returns 0, or -1 with errno set, EBUSY when dst is root itself. */
int bind_put(struct bind *b, int root);

#endif
