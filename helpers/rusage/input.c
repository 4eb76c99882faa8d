#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "file.h"
#include "rusage/input.h"
#include "rusage/relay.h"

#define HELPING (64 * 1024)

int
input_begin(struct input *i)
{
	struct stat st;
	int p[2];

	*i = (struct input){ .from = -1, .to = -1, .out = -1 };
	if (fstat(STDIN_FILENO, &st) < 0)
		return -1;
	if (S_ISFIFO(st.st_mode) || S_ISSOCK(st.st_mode))
		return 0;
	i->from = relay_own(STDIN_FILENO, st.st_mode, O_RDONLY);
	i->buf = malloc(HELPING);
	if (i->from < 0 || !i->buf || pipe2(p, O_CLOEXEC) < 0)
		return -1;
	i->out = p[0];
	i->to = p[1];
	/* In the background we are told EIO, and not stopped. */
	signal(SIGTTIN, SIG_IGN);
	return fchmod(i->out, 0444) < 0 ||	/* by /dev/stdin, for reading only */
	    fcntl(i->to, F_SETFL, O_NONBLOCK) < 0 ? -1 : 0;
}

void
input_started(struct input *i)
{
	close_keep(i->out);
	i->out = -1;
}

void
input_wants(const struct input *i, struct pollfd *p)
{
	int full = i->at < i->len;

	*p = (struct pollfd){ .fd = full ? i->to : i->waits ? -1 : i->from,
	    .events = full ? POLLOUT : POLLIN };
}

/* Nothing more comes, or nobody wants it: PROG sees the end. */
static void
finish(struct input *i)
{
	close_keep(i->from);
	close_keep(i->to);
	i->from = i->to = -1;
	i->at = i->len = 0;
}

static void
fill(struct input *i)
{
	ssize_t n = read(i->from, i->buf, HELPING);

	i->at = i->len = 0;
	if (n > 0) {
		i->len = (size_t)n;
	} else if (n < 0 && errno == EIO && isatty(i->from)) {
		i->waits = 1;
	} else if (n == 0 || (errno != EAGAIN && errno != EINTR)) {
		i->err = n < 0 ? errno : 0;
		finish(i);
	}
}

static void
drain(struct input *i)
{
	ssize_t n = 0;

	while (i->at < i->len && n >= 0) {
		n = write(i->to, i->buf + i->at, i->len - i->at);
		if (n > 0)
			i->at += (size_t)n;
		else if (n < 0 && errno == EINTR)
			n = 0;
		else if (n < 0 && errno != EAGAIN)
			finish(i);
	}
}

void
input_copy(struct input *i, struct pollfd *p)
{
	if (i->at == i->len)
		fill(i);
	drain(i);
	input_wants(i, p);
}

void
input_again(struct input *i, struct pollfd *p)
{
	i->waits = 0;
	input_wants(i, p);
}

void
input_end(struct input *i)
{
	finish(i);
	free(i->buf);
	i->buf = NULL;
}
