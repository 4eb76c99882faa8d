#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "rusage/relay.h"

#define HELPING (64 * 1024)
#define PATIENCE_MS 1000

int
relay_own(int fd, mode_t mode, int how)
{
	char path[32];
	int again = -1;

	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	if (S_ISCHR(mode))
		again = open(path, how | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	return again >= 0 ? again : fcntl(fd, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
}

int
relay_begin(struct relay *r, int fd)
{
	struct stat st;
	int p[2];

	*r = (struct relay){ .to = -1, .in = -1, .out = -1 };
	if (fstat(fd, &st) < 0)
		return errno == EBADF ? 0 : -1;
	if (S_ISFIFO(st.st_mode) || S_ISSOCK(st.st_mode))
		return 0;
	r->to = relay_own(fd, st.st_mode, O_WRONLY);
	r->buf = malloc(HELPING);
	if (r->to < 0 || !r->buf || pipe2(p, O_CLOEXEC) < 0)
		return -1;
	r->in = p[0];
	r->out = p[1];
	return fchmod(r->out, 0222) < 0 ||	/* see log_begin */
	    fcntl(r->in, F_SETFL, O_NONBLOCK) < 0 ? -1 : 0;
}

int
relay_same(int a, int b)
{
	struct stat s, t;

	return fstat(a, &s) == 0 && fstat(b, &t) == 0 && s.st_dev == t.st_dev &&
	    s.st_ino == t.st_ino;
}

void
relay_started(struct relay *r)
{
	if (r->out >= 0)
		close(r->out);
	r->out = -1;
}

void
relay_wants(const struct relay *r, struct pollfd *p)
{
	int full = r->at < r->len;

	*p = (struct pollfd){ .fd = full ? r->to : r->in,
	    .events = full ? POLLOUT : POLLIN };
}

/* Returns whether there is an end of it: nobody can say anything any more. */
static int
fill(struct relay *r)
{
	ssize_t n = r->in < 0 ? 0 : read(r->in, r->buf, HELPING);

	r->at = r->len = 0;
	if (n > 0)
		r->len = (size_t)n;
	return n == 0 || (n < 0 && errno != EAGAIN && errno != EINTR);
}

static void
drain(struct relay *r)
{
	ssize_t n = 0;

	while (r->at < r->len && n >= 0) {
		n = r->err ? (ssize_t)(r->len - r->at) :
		    write(r->to, r->buf + r->at, r->len - r->at);
		if (n > 0)
			r->at += (size_t)n;
		else if (n < 0 && errno == EINTR)
			n = 0;
		else if (n < 0 && errno != EAGAIN) {
			r->err = errno;
			n = 0;
		}
	}
}

void
relay_copy(struct relay *r, struct pollfd *p)
{
	if (r->at == r->len && fill(r)) {
		close(r->in);
		r->in = -1;
	}
	drain(r);
	relay_wants(r, p);
}

void
relay_end(struct relay *r)
{
	struct pollfd p = { .fd = r->to, .events = POLLOUT };
	int helpings = 64;	/* whoever still writes is not ours */

	if (r->to < 0)
		return;
	while (helpings-- > 0) {
		if (r->at < r->len && poll(&p, 1, PATIENCE_MS) <= 0)
			break;
		drain(r);
		if (r->at == r->len && (fill(r) || !r->len))
			break;
	}
	drain(r);
	free(r->buf);
	r->buf = NULL;
}
