/* What PROG says, on its way to where our own output goes.
 *
 * A file, a device or a terminal of the caller is not for a container: with the
 * descriptor its mode can be changed, the file cut off, what is typed on the
 * terminal read.  Pipes and sockets are handed on as they are. */
#ifndef RUSAGE_RELAY_H
#define RUSAGE_RELAY_H

#include <poll.h>
#include <stddef.h>
#include <sys/types.h>

struct relay {
	int to, in, out;	/* where it goes, and both ends of the pipe; or -1 */
	char *buf;
	size_t at, len;		/* of buf: what is still to be written */
	int err;		/* errno of a write that failed; nothing is, from then on */
};

/* A descriptor of ours for what fd is open on, a file of that mode: O_RDONLY or O_WRONLY.
 * A terminal that is stopped must not stop us as well, so it is opened anew: not to
 * wait is a setting that others would share.  Returns it, or -1 with errno set. */
int relay_own(int fd, mode_t mode, int how);

/* Makes the pipe in place of the descriptor fd, or nothing when that may be handed
 * on.  Returns 0, or -1 with errno set. */
int relay_begin(struct relay *r, int fd);

/* Whether a and b are the same file or terminal, for which one pipe keeps the order. */
int relay_same(int a, int b);

/* PROG has its end by now: ours is closed. */
void relay_started(struct relay *r);

/* What to wait for.  Nobody is read from while what he said is not written. */
void relay_wants(const struct relay *r, struct pollfd *p);

/* Does what p says can be done, without waiting. */
void relay_copy(struct relay *r, struct pollfd *p);

/* Copies what is in the pipe by now; a terminal that takes nothing is waited for a
 * second.  For once only. */
void relay_end(struct relay *r);

#endif
