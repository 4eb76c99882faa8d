/* The files of /etc that go with the network. */
#ifndef RUN_ETC_H
#define RUN_ETC_H

#include "buf.h"
#include "run/fs.h"
#include "run/run.h"

/* What they hold: our names for ourselves, and with the host's network what it
 * goes by.  Return 0, or -1 with errno set. */
int etc_hosts(const struct run *r, struct buf *b);
int etc_resolv(const struct run *r, struct buf *b);

/* Shows /etc/hosts, and with the host's network /etc/resolv.conf, inside fs->root.  On an
 * overlay that can be written they are files, which the container may replace as it likes;
 * a layer that is committed leaves them out (store/layer.c).  What a link names in our
 * own /run is a file, too.  Elsewhere they are mounts, made in the folder fs->spare, so
 * nothing of the host's stays in the root; where there is no such file, an empty one is
 * made for them.  Returns 0, or -1 with errno set and *at the path. */
int etc_show(const struct run *r, const struct fs *fs, const char **at);

/* Whether path, one of the two, can be a file in the folder root, for etc_write; else it
 * has to be a mount. */
int etc_is_file(const char *root, const char *path);

/* Makes it a file that holds b.  Returns 1; 0 when it cannot be one; -1 with errno set. */
int etc_write(int root, const char *path, const struct buf *b);

#endif
