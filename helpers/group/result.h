/* The end of a group: what became of each unit, for programs and for people. */
#ifndef AOINB_GROUP_RESULT_H
#define AOINB_GROUP_RESULT_H

#include "group/console.h"
#include "group/group.h"

/* Writes group.json; stopped says that something waits since nothing new was to
 * begin.  Adds to table the same for people, with words for c about records that
 * are damaged.  Returns 0; or -1 with errno set, table being right. */
int result_write(const struct group *g, int stopped, struct console *c,
    struct buf *table);

#endif
