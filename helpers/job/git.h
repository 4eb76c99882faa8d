/* git, asked about a tree whose owner is not trusted, .git included.
 *
 * What .git/config and attributes can name is programs: fsmonitor, filters, hooks, textconv,
 * external diffs, helpers of transports and signatures.  Nothing of it is read: git takes a
 * configuration of ours for the repository's own, with the few settings in it that only say
 * how files are compared.  It writes nothing but in a folder of ours, where the kernel can
 * see to that; has no rights of root, unless nobody else can read the tree; and is killed
 * after a minute.  Submodules, each with a configuration of its own, are not looked into. */
#ifndef JOB_GIT_H
#define JOB_GIT_H

#include <sys/types.h>

#include "buf.h"

enum { GIT_USERS = 2 };

struct git {
	char *top;		/* the folder that has .git in it */
	char *dir, *common;	/* its repository; and what work trees share of that */
	char mine[32];		/* what git takes for common */
	uid_t uid[GIT_USERS];	/* who may be the one to run it */
	gid_t gid[GIT_USERS];
	int users, user;	/* how many; which it is now */
	struct buf err;		/* what git said on stderr last */
};

/* Finds the repository that the folder path is in, going up from there as git does; it has
 * to be of the folder's owner, of root or ours.
 * Returns 0; 1 when there is none; -1 with errno set.  g is to be freed by git_end,
 * whatever came of it. */
int git_begin(struct git *g, const char *path);

/* From now on git is run by g->user; and heeds the settings that this user can read.
 * Returns 0; or, when it cannot be, as git_ask does. */
int git_settle(struct git *g);

/* Runs git with args, which end with NULL, in g->top; out becomes what it prints.  Returns
 * its exit code: 127 when there is no git, 124 when it took too long; or -1 with errno
 * set. */
int git_ask(struct git *g, const char *const args[], struct buf *out);

void git_end(struct git *g);

#endif
