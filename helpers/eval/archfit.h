/* Whether a package is for an architecture. */
#ifndef AOINB_EVAL_ARCHFIT_H
#define AOINB_EVAL_ARCHFIT_H

#include <stddef.h>

/* What FAIL_ARCH says, read as the toolbox does: "a", "(a|b)" and "@(a|b)" fail
 * there, "!(a|b)" fails elsewhere.  The words are architectures, patterns of
 * them, or groups.  Returns 1 when the package is built on arch, 0 when not; or
 * -1 with errno ENOMEM. */
int archfit_fail_arch(const char *value, const char *arch);

/* What ABHOST says: packages for arch itself and for none in particular are
 * built on it, and those of optenv32 on amd64. */
int archfit_abhost(const char *value, const char *arch);

#endif
