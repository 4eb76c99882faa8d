/* What a build is told of the tree that its bundle lies in, and of us: lines of its
 * environment that autobuild makes fields and a part of the version of. */
#ifndef JOB_STAMP_H
#define JOB_STAMP_H

#include "buf.h"
#include "job/args.h"

/* Adds to env, for the bundle whose resolved path is bundle:
 *
 *	AOINB_ACBS_VERSION	our name and version, with --acbs-version=yes
 *	AOINB_COMMIT		what "git describe --always --dirty" says of the tree
 *	VERSTAMP		of --verstamp: TEXT; or with auto "~preTIME", where the
 *				tree is on a branch other than stable
 *
 * the last two only with --verstamp.  TIME is that of the commit, UTC; or, where the tree
 * has changes, now, with "~dirty" behind it.  The tree is that of --tree, if the bundle is
 * in it, else the folder that has it as CATEGORY/NAME and groups/ beside that.  What git
 * cannot tell is left out, and why is said. */
void stamp_tell(struct buf *env, const struct args *a, const char *bundle);

/* Ends the program when --verstamp or --acbs-version is given what is none. */
void stamp_check(const struct args *a);

#endif
