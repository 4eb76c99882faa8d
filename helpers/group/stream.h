/* A descriptor of ours that is written to without waiting: what nobody reads yet
 * stands in a queue, and what nobody will ever read is dropped. */
#ifndef AOINB_GROUP_STREAM_H
#define AOINB_GROUP_STREAM_H

#include <stddef.h>

struct chunk;	/* in the queue */

struct stream {
	int fd;
	size_t piece;		/* most bytes that are written at once */
	int tty;		/* files on it are made fit for a terminal */
	int error;		/* errno of the write that failed, 0 for none */
	struct chunk *first, *last;
};

/* fd becomes a stream.  A pipe or a terminal is opened anew, so that it does not
 * make us wait and stays as it is for everybody else who has it. */
void stream_begin(struct stream *s, int fd);

/* Adds text to the queue; ends the program when there is no memory. */
void stream_text(struct stream *s, const char *text, size_t len);

/* Adds what the file path, seen from the folder dir, holds when its turn comes;
 * on a terminal, what plain.h lets through of that. */
void stream_file(struct stream *s, int dir, const char *path);

/* Writes as much of the queue as can be written now. */
void stream_flush(struct stream *s);

/* Whether something stands in the queue. */
static inline int
stream_waits(const struct stream *s)
{
	return s->first != NULL;
}

/* Drops the queue. */
void stream_drop(struct stream *s);

#endif
