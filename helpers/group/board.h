/* The board of a group on a terminal: a line for each build that runs, and one for
 * all of them. */
#ifndef AOINB_GROUP_BOARD_H
#define AOINB_GROUP_BOARD_H

#include "group/member.h"

/* Writes the board as it is at now, in microseconds of the monotonic clock, for a
 * terminal of so many lines and columns: no line is wider, and of builds that have no
 * line the first are shown.  Adds the lines to b.  Returns how many; or 0 when there is
 * no memory. */
unsigned board_lines(struct buf *b, const struct group *g, struct member *const *m,
    uint32_t members, uint64_t now, unsigned rows, unsigned columns);

#endif
