/* What has become of the units: the group's file events, a line for each event,
 * which is written before it is acted on. */
#ifndef AOINB_GROUP_JOURNAL_H
#define AOINB_GROUP_JOURNAL_H

#include "group/console.h"
#include "group/group.h"

struct journal {
	struct group *g;
	int events, skipped;	/* descriptors that add to the end */
};

/* Opens events and skipped, and sets every unit to what its last event says.  A line
 * that was cut off goes; one that is damaged is said, and passed over.  Returns 0,
 * or -1 with errno set. */
int journal_open(struct journal *j, struct group *g, struct console *c);

/* Writes down what a group that ended in the middle left open: a build that ended
 * well is taken as it ended; what was begun, failed or was skipped waits again; what
 * cannot be built is skipped, and why is said.  Returns 0, or -1 with errno set. */
int journal_recover(struct journal *j, struct console *c);

/* Adds that u is in state from now on, which it is then.  Returns 0; or -1 with errno
 * set and nothing changed. */
int journal_event(struct journal *j, uint32_t u, enum state state);

/* The same for a unit that is skipped, since the one before it was not built. */
int journal_skip(struct journal *j, uint32_t u, uint32_t because);

void journal_close(struct journal *j);

#endif
