/* What waits, and for what. */
#ifndef SERVE_QUEUE_H
#define SERVE_QUEUE_H

#include <stdint.h>

#include "buf.h"

/* Says in why what the task waits for; with count also how many are before it, which takes
 * milliseconds when there are many.  Returns 1; 0 when it is not queued, or there is none; -1
 * with errno set. */
int queue_why(int64_t id, int count, struct buf *why);

#endif
