/* The log of an attempt: words of our own, and the logs of its jobs one behind the
 * other, as they grow.  It only grows, so that the server can have it by offset; what
 * it takes from where is written down, so that whoever goes on after us repeats
 * nothing. */
#ifndef SHIP_FEED_H
#define SHIP_FEED_H

#include <stdint.h>

struct feed {
	int folder, work_dir;	/* descriptors */
	int fd;			/* of the log */
	int64_t most;		/* bytes that it may have */
	char source[600];	/* what it takes from, below work_dir; "" nothing */
	int64_t start;		/* where in the log that begins */
	char last[600];		/* the source that it is, or was last */
};

/* Opens the log in the folder.  Returns 0, or -1 with errno set. */
int feed_open(struct feed *f, int folder, int work_dir, int64_t most);
void feed_close(struct feed *f);

/* Adds what the present source has more; then goes on with path, which may be the same,
 * or NULL for the end of the source.  Returns 0, or -1 with errno set. */
int feed_take(struct feed *f, const char *path);

/* Adds a line of our own, behind the source's end. */
int feed_say(struct feed *f, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

#endif
