/* Compile jobs that the builds of a group share: GNU make's tokens.  Each build has a
 * FIFO of its own, so that what it holds is known when it dies: a token is in our
 * pool, in a FIFO, or in the hands of the build that it was given to.
 *
 * What stands at the other end of a FIFO is a container that nobody vouches for: a
 * FIFO is never waited for, and nobody gets back more than was given. */
#ifndef AOINB_GROUP_JOBSERVER_H
#define AOINB_GROUP_JOBSERVER_H

#include <stdint.h>

struct tokens {
	int fd;			/* of the FIFO; -1 when there is none */
	int watch;		/* inotify's number for it */
	uint32_t given;		/* in the FIFO, or in the build's hands */
	uint32_t idle;		/* of these, in the FIFO when it was looked at last */
	uint64_t empty_since;	/* microseconds; when that became 0 */
	uint64_t asked;		/* when it was given one last without having any */
};

enum { JOBSERVER_BUILDS = 1024 };	/* at once, at most */

struct jobserver {
	uint32_t pool;		/* tokens that nobody has */
	uint32_t share;		/* that a build gets first, of all there are */
	struct tokens *build[JOBSERVER_BUILDS];
	uint32_t builds;
	int inotify;		/* something was read or written; -1: look by time */
	uint64_t due;		/* when to look again; UINT64_MAX: no need */
	uint64_t looked;
};

/* jobs compile jobs for slots builds at once.  Each build has one job without asking;
 * the others are tokens. */
void jobserver_begin(struct jobserver *s, uint64_t jobs, uint32_t slots);

/* A build begins: makes the FIFO path, seen from the folder dir, with its share of
 * the tokens in it.  Returns 0, or -1 with errno set. */
int jobserver_join(struct jobserver *s, struct tokens *t, int dir, const char *path,
    uint64_t now);

/* It has ended, however it did: all that it was given is there again. */
void jobserver_leave(struct jobserver *s, struct tokens *t);

/* Gives tokens that are not used to builds that could use them.  First come those
 * that have less than their share; then any whose FIFO stays empty.  now is in
 * microseconds of one clock, here and above.  Sets s->due. */
void jobserver_balance(struct jobserver *s, uint64_t now);

/* From when on events of s->inotify are to be heeded: so often, and not more, since
 * a build may read and write without end. */
uint64_t jobserver_ready(const struct jobserver *s);

void jobserver_end(struct jobserver *s);

#endif
