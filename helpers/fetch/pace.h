/* Whether a transfer brings enough on average.  One that is never silent, but brings a
 * byte a second, would hold a fetch for ever. */
#ifndef FETCH_PACE_H
#define FETCH_PACE_H

#include <stdint.h>

struct pace_opts {
	uint64_t least;		/* bytes a second; 0: any */
	uint64_t window;	/* seconds over which that is the average */
};

struct pace {
	uint64_t from;		/* clock_ms() when this window begins; 0: it has not */
	long long had, got;	/* bytes at its beginning, and now */
};

/* Begins the first window at a time of clock_ms(), which may lie ahead; and none,
 * for a transfer that waits for its turn. */
void pace_begin(struct pace *p, uint64_t at);
void pace_none(struct pace *p);

/* Whether a window is over that brought too little. */
int pace_slow(struct pace *p, const struct pace_opts *o, uint64_t now);

#endif
