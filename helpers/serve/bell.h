/* Waiting for something to happen, without looking again and again. */
#ifndef SERVE_BELL_H
#define SERVE_BELL_H

#include <stdint.h>

enum bell_kind { BELL_BYTES, BELL_STATE, BELL_KINDS };

/* What was rung so far; of a task, of the queue (BELL_QUEUE) or of all events. */
enum { BELL_QUEUE = -1, BELL_EVENTS = -2, BELL_PUBLISH = -3, BELL_NOTICE = -4 };
struct bell_seen {
	uint64_t n[BELL_KINDS];
};
struct bell_seen bell_seen(int64_t what);

/* Something happened.  Who waits for another task may wake as well. */
void bell_ring(int64_t what, enum bell_kind kind);
void bell_ring_all(void);

/* Waits until it was rung since seen, or ms milliseconds; *seen is what it is then.
 * Returns whether it was rung. */
int bell_wait(int64_t what, struct bell_seen *seen, int ms);

/* Counts who reads the log of a task: by is 1 or -1.  Returns how many do. */
int bell_readers(int64_t task, int by);

#endif
