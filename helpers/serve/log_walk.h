/* Going through a log from a place on, line by line, however long it is. */
#ifndef SERVE_LOG_WALK_H
#define SERVE_LOG_WALK_H

#include <stddef.h>
#include <stdint.h>

struct log_piece {
	const char *s;		/* n bytes, without the newline */
	size_t n;
	int64_t offset;		/* in the log */
	int begins, ends;	/* whether a line does, here; a long one comes in pieces */
};

/* Calls piece for all that lies from offset from on, where a line begins, until it returns
 * other than 0.  What is behind the last newline is left out, unless it is longer than a
 * piece may be.  Returns what piece said, 0 at the end; or -1 with errno set. */
enum { LOG_PIECE = 256 << 10 };
int log_walk(int fd, int64_t from, int (*piece)(void *arg, const struct log_piece *p), void *arg);

#endif
