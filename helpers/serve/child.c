#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/pidfd.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "err.h"
#include "file.h"
#include "landlock.h"
#include "proc.h"
#include "serve/child.h"

enum { OUT, ERR, END, FDS };

static int
limit(int resource, int64_t most)
{
#ifdef __SANITIZE_ADDRESS__
	if (resource == RLIMIT_AS)	/* its shadow takes terabytes of that */
		return 0;
#endif
	return most ? setrlimit(resource, &(struct rlimit){ (rlim_t)most, (rlim_t)most }) : 0;
}

/* In the child of a program with threads: nothing here takes memory. */
static void
become(const struct child *c, int in, int out, int err, int parent)
{
	if (prctl(PR_SET_PDEATHSIG, SIGKILL) < 0 || getppid() != parent || setpgid(0, 0) < 0 ||
	    dup2(in, STDIN_FILENO) < 0 || dup2(out, STDOUT_FILENO) < 0 ||
	    dup2(err, STDERR_FILENO) < 0)
		_exit(EX_OSERR);
	close_range(STDERR_FILENO + 1, ~0U, CLOSE_RANGE_CLOEXEC);
	proc_signals_default();
	umask(022);
	if ((c->writes >= 0 && landlock_write_only(c->writes, LANDLOCK_EXEC) < 0) ||
	    limit(RLIMIT_AS, c->memory) < 0 || limit(RLIMIT_FSIZE, c->file) < 0 ||
	    limit(RLIMIT_CPU, c->seconds) < 0 ||
	    setrlimit(RLIMIT_CORE, &(struct rlimit){ 0, 0 }) < 0)
		_exit(EX_OSERR);
	execvp(c->argv[0], (char **)c->argv);
	_exit(errno == ENOENT ? EX_NOTFOUND : EX_CANNOTRUN);
}

/* Adds what fd has to b.  Returns 1, 0 at its end, -1 with errno set. */
static int
take(struct child *c, int fd, struct buf *b)
{
	char s[16384];
	ssize_t n = read(fd, s, sizeof(s));

	if (n <= 0)
		return n == 0 ? 0 : errno == EINTR || errno == EAGAIN ? 1 : -1;
	if (b->len + (size_t)n > c->most) {
		c->overflowed = 1;
		return 0;
	}
	return buf_put(b, s, (size_t)n) < 0 ? -1 : 1;
}

static int64_t
now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* Hears it until it has ended, has said too much, or its time is over. */
static int
hear(struct child *c, struct pollfd fds[FDS])
{
	struct buf *bufs[] = { &c->out, &c->err };
	int64_t until = now_ms() + (c->seconds ? c->seconds : 3600) * 2000, left;
	int i, r;

	while (fds[END].fd >= 0 && (left = until - now_ms()) > 0 && !c->overflowed) {
		if (poll(fds, FDS, left > 60000 ? 60000 : (int)left) < 0 && errno != EINTR)
			return -1;
		for (i = 0; i < END; i++) {
			r = fds[i].fd >= 0 && fds[i].revents ? take(c, fds[i].fd, bufs[i]) : 1;
			if (r < 0)
				return -1;
			if (r == 0)
				fds[i].fd = -1;
		}
		/* Its output is read to the end before that counts. */
		if (fds[END].revents && fds[OUT].fd < 0 && fds[ERR].fd < 0)
			return 0;
		/* Somebody it left behind may have its output open still. */
		if (fds[END].revents && poll(fds, END, 0) == 0)
			return 0;
	}
	return 0;
}

/* A file for its standard input: a pipe could fill up. */
static int
input(const char *text)
{
	int fd = text ? memfd_create("input", MFD_CLOEXEC) :
	    open("/dev/null", O_RDONLY | O_CLOEXEC);

	if (fd >= 0 && text && (file_write(fd, text, strlen(text)) < 0 ||
	    lseek(fd, 0, SEEK_SET) < 0)) {
		close_keep(fd);
		return -1;
	}
	return fd;
}

int
child_run(struct child *c)
{
	int out[2] = { -1, -1 }, err[2] = { -1, -1 }, in = input(c->in), r = -1, code;
	int parent = (int)getpid();
	struct pollfd fds[FDS];
	pid_t pid = -1;

	if (!c->most)
		c->most = 1 << 20;
	if (in >= 0 && pipe2(out, O_CLOEXEC) == 0 && pipe2(err, O_CLOEXEC) == 0)
		pid = fork();
	if (pid == 0)
		become(c, in, out[1], err[1], parent);
	close_keep(in);
	close_keep(out[1]);
	close_keep(err[1]);
	if (pid > 0) {
		fds[OUT] = (struct pollfd){ out[0], POLLIN, 0 };
		fds[ERR] = (struct pollfd){ err[0], POLLIN, 0 };
		fds[END] = (struct pollfd){ pidfd_open(pid, 0), POLLIN, 0 };
		r = hear(c, fds);
		kill(-pid, SIGKILL);
		kill(pid, SIGKILL);
		close_keep(fds[END].fd);
		code = proc_wait(pid);
		r = r < 0 ? -1 : code;
	}
	close_keep(out[0]);
	close_keep(err[0]);
	return r;
}

void
child_free(struct child *c)
{
	buf_free(&c->out);
	buf_free(&c->err);
}

const char *
child_why(struct child *c)
{
	char *colon;

	if (!c->err.len)
		return "it failed without a word";
	c->err.s[strcspn(c->err.s, "\n")] = '\0';
	colon = strstr(c->err.s, ": ");
	return colon && !strncmp(c->err.s, "aoinb-", 6) ? colon + 2 : c->err.s;
}
