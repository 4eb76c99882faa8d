/* What PROG says, on its way to the log.
 *
 * PROG gets the writing end of a pipe and never the file: a descriptor of the file
 * would let it cut the log off by name (/dev/stderr), change its mode, or fill the
 * disk by one call.  The pipe can be opened for writing by everybody who sees it. */
#ifndef RUSAGE_LOG_H
#define RUSAGE_LOG_H

#include <stddef.h>
#include <stdint.h>

struct log {
	int file, in, out;	/* the log, and both ends of the pipe; or -1 */
	uint64_t head;		/* bytes that are kept from the beginning */
	uint64_t said;		/* bytes so far, kept or not */
	uint64_t over;		/* of these, what went to the tail */
	char *buf, *tail;	/* the tail is a ring of room bytes */
	size_t room;
	int ends_line;		/* whether the log ends with a whole line */
	int err;		/* errno of the first write that failed, or 0 */
};

/* Makes the pipe for a log that is open as file, or nothing when that is -1.  Of
 * what is said max bytes are kept (0: all), from the beginning and from the end.
 * Returns 0, or -1 with errno set. */
int log_begin(struct log *l, int file, uint64_t max);

/* PROG has its end by now: ours is closed, so that the last writer's end is seen. */
void log_started(struct log *l);

/* Takes one helping out of the pipe, without waiting for it.  Returns 0 when nobody
 * can say any more, else 1.  What cannot be written is kept for the end, as far as
 * the tail goes, and l->err tells why. */
int log_copy(struct log *l);

/* Takes what is in the pipe by now, and adds the tail to the log, behind a line that
 * says how much is missing.  Returns how many bytes that is.  For once only. */
uint64_t log_end(struct log *l);

#endif
