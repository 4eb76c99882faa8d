/* What a build takes from the environment of who began it: NAME=VALUE lines. */
#ifndef JOB_ENV_H
#define JOB_ENV_H

#include <stdint.h>

#include "buf.h"

/* Adds ABMODIFIERS, unless modifiers is empty, and those of the proxies that are set,
 * to env.  Ends the program when one of them, or SOURCE_DATE_EPOCH, is not fit to be
 * written down. */
void env_begin(struct buf *env, const char *modifiers);

/* Adds SOURCE_DATE_EPOCH: of the environment, or newest where it has none. */
void env_epoch(struct buf *env, int64_t newest);

#endif
