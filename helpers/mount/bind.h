/* Binds: something of ours shown inside a root. */
#ifndef MOUNT_BIND_H
#define MOUNT_BIND_H

struct bind {
	char *src;		/* in the caller's world */
	char *dst;		/* inside the root */
	int ro;
	int fd;			/* bind_copy: the detached copy of src */
};

/* Reads "SRC:DST" or "SRC:DST:ro", where "\:" and "\\" stand for ":" and "\".
 * Returns 0; or -1 with errno set, EINVAL when s is anything else. */
int bind_parse(struct bind *b, const char *s);

/* Copies what is mounted at src and below it (open_tree), read-only all the way
 * down when ro; device nodes in it are dead, and so are the bits that change user.
 * With user >= 0, a user namespace, its owners are those of that (mnt_copy_as), unless
 * it is ro and its file system does not know how: then what all may read can be read.
 * What is mounted there later does not show.  Needs a mount
 * namespace of our own.  Returns 0, or -1 with errno set. */
int bind_copy(struct bind *b, int user);

/* Mounts the copy at dst inside root, a folder's descriptor.  A missing dst is
 * made.  Returns 0, or -1 with errno set, EBUSY when dst is root itself. */
int bind_attach(struct bind *b, int root);

#endif
