/* What PROG reads, on its way from where our own standard input comes from: as with its
 * output (relay.h), a file, a device or a terminal of the caller is not for a container. */
#ifndef RUSAGE_INPUT_H
#define RUSAGE_INPUT_H

#include <poll.h>
#include <stddef.h>

struct input {
	int from, to, out;	/* where it comes from, and both ends of the pipe; or -1 */
	char *buf;
	size_t at, len;		/* of buf: what is still to be written */
	int waits;		/* a terminal that is another job's for now */
	int err;		/* errno of a read that failed; nothing is, from then on */
};

/* Makes the pipe in place of our standard input, or nothing when that may be handed
 * on.  Returns 0, or -1 with errno set. */
int input_begin(struct input *i);

/* PROG has its end by now: ours is closed. */
void input_started(struct input *i);

/* What to wait for.  No more is read ahead than the pipe and one helping hold. */
void input_wants(const struct input *i, struct pollfd *p);

/* Does what p says can be done, without waiting. */
void input_copy(struct input *i, struct pollfd *p);

/* The terminal is looked at again: it may be ours by now. */
void input_again(struct input *i, struct pollfd *p);

void input_end(struct input *i);

#endif
