/* The processes below us.  We are their subreaper: whatever forks twice and
 * starts a session of its own still ends up as our child. */
#ifndef RUSAGE_TREE_H
#define RUSAGE_TREE_H

#include <signal.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "rusage/cgroup.h"
#include "vec.h"

struct tree_proc { pid_t pid, parent; };
struct tree { VEC(struct tree_proc); };

/* Every process below root, parents before children.  A moving target: those
 * that fork or die meanwhile may be missed.  Returns 0; or -1 with errno set,
 * ENOENT when the kernel has no /proc/PID/task/TID/children. */
int tree_list(struct tree *t, pid_t root);
void tree_free(struct tree *t);

/* Sends sig to every process below this one, and to none that is not: each is
 * held by a pidfd and looked at again before. */
void tree_signal(int sig);

/* Kills every process below this one, with the help of cg, and waits until they
 * are gone.  Returns 0; or -1 when something still stands after 30 s. */
int tree_kill(struct cgroup *cg);
#define TREE_KILL_MS 20		/* between two passes */
#define TREE_KILL_TRIES (30 * 1000 / TREE_KILL_MS)

/* The sum over every process below this one, with the children that they have
 * waited for.  Memory counts shared pages once for each who maps them. */
struct tree_usage {
	uint64_t user_us, sys_us, rss_kib, tasks, read_bytes, write_bytes;
};
int tree_usage(struct tree_usage *u);

/* How PROG starts. */
struct tree_start {
	char **argv;
	int in, out, err;	/* its stdin, stdout and stderr; -1: as ours are */
	sigset_t ignored;	/* what it is to ignore, as we were told to */
};

/* What *at below is when the cgroup would not take a process. */
extern const char tree_enter[];

/* Starts PROG inside cg; it is killed when this process dies.  Returns its
 * pid once it runs; or -1 with errno set and *at saying what failed: "" when it
 * was the execution of PROG itself. */
pid_t tree_start(struct cgroup *cg, const struct tree_start *how,
    const char **at);

#endif
