/* Whose rights a fetch has: servers, and the library that talks to them, are not
 * to be trusted with root's. */
#ifndef FETCH_USER_H
#define FETCH_USER_H

#include <sys/types.h>

struct user {
	uid_t uid;
	gid_t gid;
};

/* Finds name, or else "nobody" (and notes that).  Returns 0, or -1 with errno
 * set: ENOENT when there is neither. */
int user_find(struct user *u, const char *name);

/* Gives the cache, which is the working folder, to u: its folders, and what lies
 * in those that were somebody else's.  For root.  Returns 0, or -1 with errno
 * set. */
int user_own(const struct user *u);

/* Becomes u for good, without groups, and with no way to gain anything by an
 * exec.  A death signal of ours stays.  Returns 0, or -1 with errno set. */
int user_become(const struct user *u);

/* Takes u's effective rights, without groups; and ours again.  For root, to look
 * at what is u's and not to work on what a stranger sends.  Each returns 0, or -1
 * with errno set. */
int user_borrow(const struct user *u);
int user_return(void);

#endif
