#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "err.h"
#include "file.h"
#include "place/place.h"
#include "plain.h"
#include "proc.h"
#include "http/wait.h"

enum { MOST = 16 << 20, SLICE = 200 };

static void
become(const char *const argv[], const int in[2], const int out[2], const int err[2])
{
	proc_signals_default();
	/* It ends with us, and not when a terminal sends us a signal. */
	if (setpgid(0, 0) < 0 || dup2(in[0], 0) < 0 || dup2(out[1], 1) < 0 || dup2(err[1], 2) < 0)
		_exit(EX_OSERR);
	proc_become((char **)argv);
}

/* One more piece of what fd has.  Returns 0 at its end. */
static int
take(int fd, struct buf *to)
{
	char piece[4096];
	ssize_t n = read(fd, piece, sizeof(piece));

	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return 1;
	return n > 0 && to->len + (size_t)n <= MOST && buf_put(to, piece, (size_t)n) == 0;
}

/* Until it has closed both, or its time is over.  Returns 0, or -1 when it is. */
static int
drain(const int fd[2], struct buf *const to[2], int64_t seconds)
{
	struct pollfd p[2] = { { .fd = fd[0], .events = POLLIN }, { .fd = fd[1], .events = POLLIN } };
	int64_t until = wait_now() + seconds * 1000;
	int i;

	while (p[0].fd >= 0 || p[1].fd >= 0) {
		if (wait_now() > until || wait_stopped())
			return -1;
		if (poll(p, 2, SLICE) <= 0)
			continue;
		for (i = 0; i < 2; i++)
			if (p[i].fd >= 0 && p[i].revents && !take(p[i].fd, to[i]))
				p[i].fd = -1;
	}
	return 0;
}

/* What it said, in one line, without the words "sbatch: error:" before each. */
static void
explain(const char *name, const struct buf *said, int code, char why[PLACE_LINE])
{
	const char *s = said->len ? said->s : "", *at;
	size_t n, used;

	used = (size_t)snprintf(why, PLACE_LINE, "%s", name);
	for (; *s; s += n + (s[n] == '\n')) {
		n = strcspn(s, "\n");
		at = strstr(s, "error: ");
		if (at && at < s + n) {
			n -= (size_t)(at + 7 - s);
			s = at + 7;
		}
		if (n && used + n + 8 < PLACE_LINE)
			used += (size_t)snprintf(why + used, PLACE_LINE - used, "%s%.*s",
			    used == strlen(name) ? ": " : "; ", (int)n, s);
	}
	if (used == strlen(name))
		snprintf(why, PLACE_LINE, "%s ended with code %d", name, code);
	plain_line(why);
}

static void
close_all(int in[2], int out[2], int err[2])
{
	int i;

	for (i = 0; i < 2; i++) {
		close_keep(in[i]);
		close_keep(out[i]);
		close_keep(err[i]);
	}
}

int
command_run(const char *const argv[], const char *in, int64_t seconds, struct buf *out,
    char why[PLACE_LINE])
{
	int to[2] = { -1, -1 }, from[2] = { -1, -1 }, err[2] = { -1, -1 }, late = 0, code = -1;
	struct buf said = { 0 };
	pid_t pid = -1;

	if (pipe2(to, O_CLOEXEC) == 0 && pipe2(from, O_CLOEXEC) == 0 && pipe2(err, O_CLOEXEC) == 0 &&
	    (!in || file_write(to[1], in, strlen(in)) == 0))	/* as much as a pipe holds */
		pid = fork();
	if (pid == 0)
		become(argv, to, from, err);
	if (pid > 0) {
		int fd[2] = { from[0], err[0] };
		struct buf *into[2] = { out, &said };

		close(to[0]); close(to[1]); close(from[1]); close(err[1]);
		to[0] = to[1] = from[1] = err[1] = -1;
		late = drain(fd, into, seconds) < 0;
		if (late)
			kill(pid, SIGKILL);
		code = proc_wait(pid);
	}
	if (pid < 0)
		snprintf(why, PLACE_LINE, "%s cannot be started: %s", argv[0], strerror(errno));
	else if (late)
		snprintf(why, PLACE_LINE, "%s did not answer within %d s", argv[0], (int)seconds);
	else if (code)
		explain(argv[0], &said, code, why);
	close_all(to, from, err);
	buf_free(&said);
	return late ? -1 : code;
}
