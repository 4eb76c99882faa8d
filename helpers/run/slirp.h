/* A network of the container's own that reaches others: slirp4netns(1), which is given
 * each packet and speaks to the world as a user's program would. */
#ifndef RUN_SLIRP_H
#define RUN_SLIRP_H

#include "buf.h"

struct slirp {
	int pid;
	int go, ready, end;	/* pipes: written to let it begin; read when it has;
				 * and held, as it ends with that */
	int words;		/* a file with what it says */
	struct slirp_host {
		unsigned int *at;	/* the host's own addresses, in network order */
		unsigned int n;
	} host;
};

/* Whether there is all that it takes.  Returns NULL, or what is missing, and how to get it,
 * in a line. */
const char *slirp_missing(void);

/* The resolv.conf of such a container: what the host's says, but only name servers that it
 * can reach, which are none of this machine.  Adds it to b.  Returns 0, or -1 with errno
 * set, ENOENT when there is no such name server. */
int slirp_resolv(struct buf *b);

/* Begins a process that waits in the caller's network namespace, for slirp_start.  Returns
 * 0, or -1 with errno set. */
int slirp_fork(struct slirp *s);

/* In the network namespace that net_make has made: has that process give it a network, and
 * waits until it is there.  What leads to the host's own addresses and to link-local
 * ones (RFC 3927) is refused, and the list of them is freed.  It ends with the caller.  Returns 0, or -1 having said
 * why. */
int slirp_start(struct slirp *s);

#endif
