/* How a task stands, and its log. */
#ifndef CLIENT_WATCH_H
#define CLIENT_WATCH_H

#include "client/client.h"

struct look {
	char state[32];
	int64_t attempt;	/* the last one, 0: none */
	int64_t version, exit;
	int64_t size;		/* bytes of the log of the attempt that was asked for */
	int over;		/* that attempt is */
	struct buf text;	/* state and why, in one line */
	struct buf step, worker, repo, verdict;
};

/* Asks how task stands; n is the attempt that size and over are of.  Returns 0, or -1
 * having said why.  l begins as { 0 }, and is freed by look_free. */
int look(struct client *c, int64_t task, int64_t n, struct look *l);
void look_free(struct look *l);

/* The exit code that "aoinb build" had, or -1 when it has not ended. */
int look_code(const struct look *l);

/* Whether it may still begin another attempt. */
int look_goes_on(const struct look *l);

/* A log that is read. */
struct tail {
	struct client *c;
	int64_t task, n;	/* the attempt */
	int64_t at;		/* bytes that were read of it */
	int (*put)(void *arg, const char *s, size_t len);	/* returns 0, or -1: end */
	void *arg;
	int failed;		/* put said so */
};

/* What comes until the connection breaks, or the attempt is over, as l says.  Returns 0;
 * or -1 when put failed or we are to end. */
int tail_piece(struct tail *t, const struct look *l);

/* Waits for a task to end, saying what it waits for.  Returns the code of the build, or
 * c->code when we are to end. */
int watch_wait(struct client *c, int64_t task);

#endif
