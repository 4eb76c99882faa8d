/* The files of /etc that go with the network. */
#ifndef RUN_ETC_H
#define RUN_ETC_H

#include "buf.h"
#include "run/run.h"

/* What they hold: our names for ourselves, and with the host's network what it
 * goes by.  Return 0, or -1 with errno set. */
int etc_hosts(const struct run *r, struct buf *b);
int etc_resolv(const struct run *r, struct buf *b);

/* Shows /etc/hosts, and with the host's network /etc/resolv.conf, made in the
 * folder spare, inside root.  They are mounts, so nothing of the host's gets
 * into a layer; where there is no such file, an empty one is made for them.
 * Returns 0, or -1 with errno set and *at the path. */
int etc_mount(const struct run *r, int root, int spare, const char **at);

#endif
