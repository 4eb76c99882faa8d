/* Telling others when a verdict changes: webhooks and mail. */
#ifndef SERVE_NOTICE_H
#define SERVE_NOTICE_H

#include <stdint.h>

/* Within a transaction: the task has ended; whoever is to be told gets a notice when the
 * verdict is another than the last time.  Returns 0, or -1. */
int notice_add(int64_t task);

/* Sends them, until the server ends: a thread of its own. */
void *notice_run(void *unused);

#endif
