/* What waits, and for what. */
#ifndef SERVE_QUEUE_H
#define SERVE_QUEUE_H

#include <stdint.h>

#include "buf.h"

/* Says in why what the task waits for.  Returns 1; 0 when it is not queued, or there is
 * none; -1 with errno set. */
int queue_why(int64_t id, struct buf *why);

#endif
