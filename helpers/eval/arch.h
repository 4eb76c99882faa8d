/* NAME__SUFFIX: what replaces NAME on one architecture, or on a group of them. */
#ifndef AOINB_EVAL_ARCH_H
#define AOINB_EVAL_ARCH_H

#include "buf.h"
#include "eval/vars.h"

enum spec_kind { KIND_SPEC, KIND_DEFINES };

/* Gives every variable that has a suffixed one for arch (a name such as amd64)
 * the value of that.  In a spec this is for SRCS, CHKSUMS and ENVREQ, and for
 * arch alone; in a defines for every name, arch before the groups that arch is
 * in.  Returns 0, or -1 with errno ENOSPC. */
int arch_resolve(struct vars *t, const char *arch, enum spec_kind kind);

/* Whether arch is of the group that the len bytes at name are, in any case. */
int arch_in(const char *arch, const char *name, size_t len);

/* Adds the groups that arch is in, in lower case and a line each, the nearest
 * last: who lets NAME__GROUP replace NAME for one after the other ends with what
 * arch_resolve has.  Returns 0, or -1 with errno ENOMEM. */
int arch_groups(struct buf *out, const char *arch);

#endif
