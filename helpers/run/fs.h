/* The container's file systems. */
#ifndef RUN_FS_H
#define RUN_FS_H

#include "run/run.h"

/* Makes r->root, with /dev, /proc, /sys, /run, /tmp and the files of /etc that
 * go with the network, the root of this mount namespace, which must be our own.
 * The root may be hostile: nothing outside it is looked at by its say.  Returns
 * 0, or -1 with errno set and *at the place; ENOTDIR: that is no folder. */
int fs_enter(const struct run *r, const char **at);

#endif
