/* tree_start: the way from our fork to PROG. */
#include <errno.h>
#include <fcntl.h>
#include <linux/sched.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "file.h"
#include "proc.h"
#include "rusage/tree.h"

const char tree_enter[] = "enter the cgroup";

static const char *const stage[] = {
	"make a process", tree_enter, "be bound to the parent", "",
};

struct failure {
	int stage, err;
};

/* A process already inside the version 2 cgroup, so that not even its start is
 * booked elsewhere.  *inside tells whether it is; seccomp filters of container
 * engines answer ENOSYS to clone3. */
static pid_t
fork_into(int dir, int *inside)
{
	struct clone_args a = { .flags = CLONE_INTO_CGROUP,
	    .exit_signal = SIGCHLD, .cgroup = (uint64_t)dir };
	pid_t pid = -1;

	if (dir >= 0)
		pid = (pid_t)syscall(SYS_clone3, &a, sizeof(a));
	*inside = pid >= 0;
	return pid >= 0 ? pid : fork();
}

/* Version 1's "tasks" moves one thread, which we are alone; "cgroup.procs" has to keep
 * every other process from forking meanwhile, and waits 10 to 20 ms for that. */
static int
enter(const struct cgroup *cg, int inside)
{
	int i, fd, r = 0;

	for (i = inside ? CG_V2 + 1 : CG_V2; i < CG_NAMED && r == 0; i++) {
		if (cg->dir[i] < 0)
			continue;
		fd = openat(cg->dir[i], i == CG_V2 ? "cgroup.procs" : "tasks",
		    O_WRONLY | O_CLOEXEC);
		r = fd < 0 || write(fd, "0", 1) != 1 ? -1 : 0;
		if (fd >= 0)
			close(fd);
	}
	return r;
}

static void
child(const struct cgroup *cg, const struct tree_start *how, int inside,
    pid_t parent, int say)
{
	struct failure f = { 1, 0 };
	int s;

	if (enter(cg, inside) < 0)
		goto fail;
	f.stage = 2;
	if (proc_die_with(parent) < 0)
		goto fail;
	proc_signals_default();
	for (s = 1; s < NSIG; s++)
		if (sigismember(&how->ignored, s) == 1)
			signal(s, SIG_IGN);
	f.stage = 3;
	if ((how->in >= 0 && dup2(how->in, STDIN_FILENO) < 0) ||
	    (how->out >= 0 && dup2(how->out, STDOUT_FILENO) < 0) ||
	    (how->err >= 0 && dup2(how->err, STDERR_FILENO) < 0))
		goto fail;
	execvp(how->argv[0], how->argv);
fail:
	f.err = errno;
	if (write(say, &f, sizeof(f)) != (ssize_t)sizeof(f))
		_exit(126);
	_exit(127);
}

pid_t
tree_start(struct cgroup *cg, const struct tree_start *how, const char **at)
{
	struct failure f = { 0, 0 };
	pid_t self = getpid(), pid;
	int p[2], inside;
	ssize_t n;

	*at = stage[0];
	if (pipe2(p, O_CLOEXEC) < 0)
		return -1;
	pid = fork_into(cg->dir[CG_V2], &inside);
	if (pid < 0) {
		close_keep(p[0]);
		close_keep(p[1]);
		return -1;
	}
	if (pid == 0)
		child(cg, how, inside, self, p[1]);
	close(p[1]);
	while ((n = read(p[0], &f, sizeof(f))) < 0 && errno == EINTR)
		;
	close(p[0]);
	if (n != (ssize_t)sizeof(f))
		return pid; /* closed by exec */
	while (waitpid(pid, NULL, 0) < 0 && errno == EINTR)
		;
	*at = stage[f.stage];
	errno = f.err;
	return -1;
}
