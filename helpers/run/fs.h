/* The container's file systems. */
#ifndef RUN_FS_H
#define RUN_FS_H

#include "run/run.h"

struct fs {			/* descriptors */
	int root, dev;
	int spare, empty;	/* what we show in the root; an empty folder of it */
	int own_run;		/* /run is ours, and not the caller's bind; no descriptor */
};

/* Makes r->root ready to be the root of this mount namespace, which must be our
 * own: with /dev, /proc, /run, /tmp and the files of /etc that go with the
 * network.  The root may be hostile: nothing outside it is looked at by its
 * say.  Returns 0, or -1 with errno set and *at the place; ENOTDIR: that is no
 * folder. */
int fs_make(struct fs *fs, const struct run *r, const char **at);

/* Shows the root's own /tmp there, for everybody to write, unless something is mounted
 * on it.  Returns 0, or -1 with errno set: EROFS when the root cannot be written. */
int fs_own_tmp(int root);

/* Mounts /sys, which shows the network namespace that we are in, and makes fs
 * the root and the working directory.  Returns as fs_make does. */
int fs_enter(const struct fs *fs, const char **at);

#endif
