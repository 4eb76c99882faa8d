/* Time: waiting for a signal or for a while, and how long between two tries. */
#ifndef HTTP_WAIT_H
#define HTTP_WAIT_H

#include <stdint.h>

/* Milliseconds of a clock that only goes on, also while the machine sleeps. */
int64_t wait_now(void);

/* From now on SIGTERM, SIGINT and SIGHUP are noted, and end nothing by themselves. */
void wait_signals(void);

/* The signal that asked us to end, or 0. */
int wait_stopped(void);

/* From now on it is as if no signal had come: for what is still to be done on the way out. */
void wait_forget(void);

/* Waits so many milliseconds, less when a signal comes or a child ends. */
void wait_ms(int64_t ms);

/* How long to the next try after a failure: a second at first, twice as much each time,
 * five minutes in the end; each a random part less, so that not all workers of a server
 * that was away come at once.  Begins as { 0 }, and is that again after a success. */
struct backoff {
	unsigned tries;
};
int64_t backoff_ms(struct backoff *b, long at_least_s);

#endif
