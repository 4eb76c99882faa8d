/* Where fetching is done: with the rights of the user whose the cache is, and
 * nowhere to write but there. */
#ifndef FETCH_SANDBOX_H
#define FETCH_SANDBOX_H

#include "fetch/user.h"

struct sandbox {
	const char *dir, *user;	/* as the options name them; user may be NULL */
	int missing;		/* there is no cache, and none is to be made */
	int switches;		/* somebody else's rights are to be taken */
	struct user who;
};

/* Each dies with an exit code when it cannot. */

/* Goes to the cache; makes it unless it serves as it is (reads), and is then the
 * user's. */
void sandbox_open(struct sandbox *s, int reads);

/* The rights to look at the cache, and those we had before. */
void sandbox_borrow(const struct sandbox *s);
void sandbox_return(const struct sandbox *s);

/* Gives away for good every right that fetching does not want. */
void sandbox_enter(const struct sandbox *s);

/* Takes that user's rights, where no cache is wanted. */
void sandbox_user(struct sandbox *s);

/* Calls work in a process of its own that has entered.  Returns its exit code:
 * what work returned. */
int sandbox_run(const struct sandbox *s, int (*work)(void *arg), void *arg);

#endif
