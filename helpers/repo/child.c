#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include "err.h"
#include "file.h"
#include "proc.h"
#include "repo/child.h"

enum { OUT, ERR, END, FDS };

/* In the child: becomes the program. */
static void
become(const struct child *c, int out, int err, int parent)
{
	int null = open("/dev/null", O_RDONLY);

	if (proc_die_with(parent) < 0 || null < 0 || fchdir(c->dir) < 0 ||
	    dup2(null, STDIN_FILENO) < 0 || dup2(out, STDOUT_FILENO) < 0 ||
	    dup2(err, STDERR_FILENO) < 0 || setenv("LC_ALL", "C.UTF-8", 1) < 0)
		_exit(EX_CANNOTRUN);
	/* A lock that our caller holds is none of its business. */
	close_range(STDERR_FILENO + 1, ~0U, 0);
	proc_signals_default();
	proc_become((char **)c->argv);
}

/* Adds what fd has to b, at most CHILD_TEXT bytes of it.  Returns 1, 0 at its end or
 * when it has nothing now, -1 with errno set. */
static int
take(int fd, struct buf *b)
{
	char s[65536];
	ssize_t n = read(fd, s, sizeof(s));

	if (n <= 0)
		return n == 0 || errno == EAGAIN ? 0 : errno == EINTR ? 1 : -1;
	if (b->len + (size_t)n > CHILD_TEXT)
		n = (ssize_t)(CHILD_TEXT - b->len);
	return buf_put(b, s, (size_t)n) < 0 ? -1 : 1;
}

/* Reads until the program has ended. */
static int
listen_to(struct child *c, struct pollfd fds[FDS])
{
	struct buf *bufs[] = { &c->out, &c->err };
	int i, r;

	for (;;) {
		if (poll(fds, FDS, -1) < 0) {
			if (errno == EINTR)
				continue;
			return -1;
		}
		for (i = 0; i < END; i++) {
			if (!fds[i].revents)
				continue;
			r = take(fds[i].fd, bufs[i]);
			if (r < 0)
				return -1;
			if (r == 0)
				fds[i].fd = -1;
		}
		if (fds[END].revents)
			break;
	}
	for (i = 0; i < END; i++)
		do
			r = fds[i].fd < 0 ? 0 : take(fds[i].fd, bufs[i]);
		while (r > 0);
	return 0;
}

static int
wait_code(pid_t pid)
{
	int status;

	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			return -1;
	return proc_code(status);
}

/* Hears the child pid to its end; then no pipe of it is open here. */
static int
hear(struct child *c, pid_t pid, int out, int err)
{
	struct pollfd fds[FDS] = { { .fd = out }, { .fd = err }, { .fd = pidfd_open(pid, 0) } };
	int i, r, code;

	for (i = 0; i < FDS; i++) {
		fds[i].events = POLLIN;
		if (i != END)
			fcntl(fds[i].fd, F_SETFL, O_NONBLOCK);
	}
	i = fds[END].fd;
	r = i < 0 ? -1 : listen_to(c, fds);
	close_keep(i);
	/* So that it does not wait for us for ever, when we could not hear it. */
	close_keep(out);
	close_keep(err);
	code = wait_code(pid);
	return r < 0 ? -1 : code;
}

int
child_run(struct child *c)
{
	int out[2] = { -1, -1 }, err[2] = { -1, -1 }, parent = (int)getpid();
	pid_t pid = -1;

	if (pipe2(out, O_CLOEXEC) == 0 && pipe2(err, O_CLOEXEC) == 0)
		pid = fork();
	if (pid == 0)
		become(c, out[1], err[1], parent);
	close_keep(out[1]);
	close_keep(err[1]);
	if (pid > 0)
		return hear(c, pid, out[0], err[0]);
	close_keep(out[0]);
	close_keep(err[0]);
	return -1;
}

void
child_free(struct child *c)
{
	buf_free(&c->out);
	buf_free(&c->err);
}

void
child_need(const char *prog, const char *of)
{
	const char *path = getenv("PATH"), *at;
	char file[4096];
	size_t n;

	for (at = path ? path : "/bin:/usr/bin"; ; at += n + 1) {
		n = strcspn(at, ":");
		snprintf(file, sizeof(file), "%.*s%s%s", (int)n, at, n ? "/" : "", prog);
		if (access(file, X_OK) == 0)
			return;
		if (!at[n])
			die(EX_UNAVAILABLE, "%s is missing; install the package %s", prog, of);
	}
}
