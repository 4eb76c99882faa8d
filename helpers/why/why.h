/* Why a build failed: the lines of its log that a person would point at. */
#ifndef WHY_WHY_H
#define WHY_WHY_H

#include <stddef.h>
#include <stdint.h>

#include "buf.h"

enum {
	WHY_LINES = 6,		/* at most so many are found */
	WHY_TEXT = 320,		/* bytes of one, with its NUL; what is longer ends in "..." */
	WHY_HEAD = 8 << 20,	/* of a log that is longer than both, these bytes are read */
	WHY_TAIL = 24 << 20,	/* at its beginning and end; between them lines are counted */
};

struct why_line {
	uint64_t line;		/* of the log, from 1 on */
	const char *kind;	/* a word, as aoinb-job(1) lists them; lives for ever */
	char text[WHY_TEXT];	/* fit for a terminal, without colours; never empty */
};

/* The first is the one to look at first; the others follow in their order. */
struct why {
	struct why_line at[WHY_LINES];
	size_t n;
};

/* Looks in the log that fd is, from its beginning, whatever the offset of fd; it must be
 * a regular file.  verdict is the word of a result, "" when it is not known.  Time is
 * linear in what is read, memory does not depend on it.  The first call of a process makes
 * a table for all of them, which threads must not do at once.  Returns 0, and in out what was
 * found: nothing if the log has nothing but blank lines; or -1 with errno set. */
int why_find(int fd, const char *verdict, struct why *out);

/* Adds them as a JSON array, whose lines but the first begin with indent.  Returns 0, or
 * -1 with errno ENOMEM. */
int why_json(const struct why *w, const char *indent, struct buf *out);

#endif
