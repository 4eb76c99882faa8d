/* What a build takes from its spec. */
#ifndef AOINB_EVAL_ENV_H
#define AOINB_EVAL_ENV_H

#include "eval/source.h"
#include "eval/vars.h"
#include "buf.h"

/* Adds shell assignments to out: ver, rel (0 when the spec has none), epoch, subdir,
 * dummysrc (1 or nothing), and an export of each variable that begins with two
 * underscores.  With arch, which may be NULL, AOINB_ARCH_GROUPS is exported, too: the
 * groups that it is in.  Returns 0; or -1 with the reason in w. */
int env_put(struct buf *out, const struct vars *t, const char *arch, struct why *w);

#endif
