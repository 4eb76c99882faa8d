#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/pidfd.h>
#include <unistd.h>

#include "err.h"
#include "file.h"
#include "proc.h"
#include "repo/child.h"
#include "repo/sandbox.h"

enum { OUT, ERR, END, FDS };

/* In the child: becomes the program. */
static void
become(const struct child *c, int in, int out, int err, int parent)
{
	if (proc_die_with(parent) < 0 || fchdir(c->dir) < 0 ||
	    dup2(in, STDIN_FILENO) < 0 || dup2(out, STDOUT_FILENO) < 0 ||
	    dup2(err, STDERR_FILENO) < 0 || setenv("LC_ALL", "C.UTF-8", 1) < 0)
		_exit(EX_CANNOTRUN);
	/* A lock that our caller holds is none of its business. */
	close_range(STDERR_FILENO + 1, ~0U, CLOSE_RANGE_CLOEXEC);
	proc_signals_default();
	if (c->box && (sandbox_enter(c->box) < 0 || proc_die_with(parent) < 0))
		_exit(EX_CANNOTRUN);
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

/* Hears the child to its end. */
static int
hear(struct child *c)
{
	struct pollfd fds[FDS] = { { .fd = c->from }, { .fd = c->from_err },
	    { .fd = pidfd_open(c->pid, 0) } };
	int i, r;

	for (i = 0; i < FDS; i++) {
		fds[i].events = POLLIN;
		if (i != END)
			fcntl(fds[i].fd, F_SETFL, O_NONBLOCK);
	}
	i = fds[END].fd;
	r = i < 0 ? -1 : listen_to(c, fds);
	close_keep(i);
	return r;
}

int
child_begin(struct child *c)
{
	int in[2] = { -1, -1 }, out[2] = { -1, -1 }, err[2] = { -1, -1 }, parent = (int)getpid();

	c->pid = -1;
	if (pipe2(in, O_CLOEXEC) == 0 && pipe2(out, O_CLOEXEC) == 0 && pipe2(err, O_CLOEXEC) == 0)
		c->pid = fork();
	if (c->pid == 0)
		become(c, in[0], out[1], err[1], parent);
	close_keep(in[0]);
	close_keep(out[1]);
	close_keep(err[1]);
	c->to = in[1];
	c->from = out[0];
	c->from_err = err[0];
	if (c->pid > 0)
		return 0;
	close_keep(in[1]);
	close_keep(out[0]);
	close_keep(err[0]);
	return -1;
}

int
child_end(struct child *c, const char *text, size_t len)
{
	int r, code;

	/* One that has ended reads nothing (SIGPIPE is ignored), and tells by its code. */
	r = file_write(c->to, text, len) < 0 && errno != EPIPE ? -1 : 0;
	close_keep(c->to);
	if (r == 0)
		r = hear(c);
	/* So that it does not wait for us for ever, when we could not hear it. */
	close_keep(c->from);
	close_keep(c->from_err);
	code = proc_wait(c->pid);
	return r < 0 ? -1 : code;
}

int
child_run(struct child *c)
{
	return child_begin(c) < 0 ? -1 : child_end(c, "", 0);
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
