/* A build of the group: a folder run/KEY, and the program that is given it. */
#ifndef AOINB_GROUP_MEMBER_H
#define AOINB_GROUP_MEMBER_H

#include <sys/resource.h>
#include <sys/types.h>

#include "group/group.h"
#include "group/jobserver.h"

struct member {
	uint32_t unit;
	char *run;		/* "run/KEY", seen from the group's folder */
	pid_t pid;
	int pidfd;
	uint64_t began;		/* microseconds of the monotonic clock */
	int cancelled;
	struct tokens tokens;
};

/* Makes the folder of a unit, with all that its program has to know; jobs is what
 * it is to use where there is no jobserver.  A folder whose build was begun and
 * never ended stays as it is otherwise, so that the program can take up what it
 * left.  Returns it; or NULL with errno set and *path, which the caller frees, what
 * could not be made. */
struct member *member_new(const struct group *g, uint32_t u, uint64_t jobs,
    char **path);

/* Starts prog on the folder: in a session of its own, with nothing on stdin and the
 * files out and err for the rest; it gets SIGTERM when we die.  nofile is the limit
 * of descriptors that it is to have.  Returns 0, or -1 with errno set. */
int member_start(struct member *m, const struct group *g, const char *prog,
    rlim_t nofile);

/* How it ended, after pidfd can be read: its exit code as a shell has it.  Writes
 * that to its file code.  When a signal killed it, what it has started is told to
 * end.  Returns 0; or -1 with errno set, *code being right. */
int member_end(struct member *m, const struct group *g, int *code);

/* Sends sig to all of its process group. */
void member_signal(struct member *m, int sig);

/* The id of the job in which a unit was built last, or NULL.  For the caller to
 * free. */
char *member_job(const struct group *g, const char *unit);

void member_free(struct member *m);

#endif
