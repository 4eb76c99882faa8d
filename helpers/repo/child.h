/* Programs that we start and wait for. */
#ifndef REPO_CHILD_H
#define REPO_CHILD_H

#include <sys/types.h>

#include "buf.h"

struct child {
	const char *const *argv;
	int dir;		/* where it starts */
	struct buf out, err;	/* what it said, CHILD_TEXT bytes of each at most */
	/* While it runs. */
	pid_t pid;
	int to, from, from_err;	/* pipes */
};

enum { CHILD_TEXT = 16 << 20 };

/* Starts it, with none of our descriptors and English words; it is killed when we die.
 * Returns 0, or -1 with errno set. */
int child_begin(struct child *c);

/* Gives it the len bytes of text, which a pipe must hold, as its standard input and waits
 * for its end.  Who it left behind is not waited for, even if that holds its standard
 * output.  Returns its exit code (proc_code), or -1 with errno set. */
int child_end(struct child *c, const char *text, size_t len);

/* Both at once, with nothing to read. */
int child_run(struct child *c);

void child_free(struct child *c);

/* Dies with EX_UNAVAILABLE unless prog is there, which Debian and AOSC have in the
 * package of. */
void child_need(const char *prog, const char *of);

#endif
