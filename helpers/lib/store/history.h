/* The history of builds: a line of ten columns, with tabs between them, for each
 * build that ran, the oldest first. */
#ifndef AOINB_STORE_HISTORY_H
#define AOINB_STORE_HISTORY_H

#include "store/store.h"

enum {
	HISTORY_ENDED,		/* seconds since 1970 */
	HISTORY_NAME,		/* as unit_history_name has it */
	HISTORY_BRANCH,
	HISTORY_ARCH,
	HISTORY_VERSION,
	HISTORY_VERDICT,
	HISTORY_WALL_US,
	HISTORY_CPU_US,
	HISTORY_PEAK_KIB,
	HISTORY_JOB,
	HISTORY_COLUMNS
};

extern const char *const history_keys[HISTORY_COLUMNS];	/* "ended", "package" ... */

struct history {
	size_t damaged;		/* lines that were passed over */
	size_t first;		/* the number of the first of these, from 1 on */

	struct buf text;
	char *at;
	size_t line;
};

/* Whether a column is a number. */
int history_is_number(int column);

/* Adds a line, in one write, so that what others add at the same time comes before
 * or behind it.  No column may hold a control character.  Returns 0, or -1 with
 * errno set. */
int history_add(const struct store *s, const char *const row[HISTORY_COLUMNS]);

/* Reads all of it.  Returns 0, or -1 with errno set: ENOENT when there is none. */
int history_open(const struct store *s, struct history *h);

/* The next line: 1, and its columns, which last as long as h; or 0 at the end. */
int history_next(struct history *h, const char *row[HISTORY_COLUMNS]);

void history_close(struct history *h);

#endif
