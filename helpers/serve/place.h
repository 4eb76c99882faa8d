/* Tasks that an engine such as Slurm places: what aoinb-place asks for and says. */
#ifndef SERVE_PLACE_H
#define SERVE_PLACE_H

#include "serve/req.h"

void place_list(struct req *r);
void place_say(struct req *r);

/* Says in why what a queued task of that engine waits for, attempts of it having begun.
 * Returns 0, or -1 with errno set. */
int place_why(int64_t id, int64_t attempts, struct buf *why);

#endif
