#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "err.h"
#include "file.h"
#include "job/args.h"
#include "plain.h"

enum { ROOM = 1 << 16, EVERY_MS = 100 };

struct follow {
	struct args *a;
	char path[JOB_PATH], log[PATH_MAX];
	int fd;			/* of the log; -1 while there is none */
	off_t at;		/* what is printed of it */
	int tty;		/* where it is printed */
	struct plain plain;
	struct buf out;
};

/* The log, where it is there; another one when a build has begun again. */
static void
open_log(struct follow *f)
{
	struct stat now, st;
	int fd;

	if (f->fd >= 0 && fstat(f->fd, &now) == 0 &&
	    fstatat(f->a->store.dir, f->log, &st, AT_SYMLINK_NOFOLLOW) == 0 &&
	    st.st_dev == now.st_dev && st.st_ino == now.st_ino) {
		if (st.st_size < f->at)
			f->at = 0;
		return;
	}
	fd = openat(f->a->store.dir, f->log, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	if (fd < 0)
		return;
	close_keep(f->fd);
	f->fd = fd;
	f->at = 0;
}

/* On a terminal, what is fit for one. */
static void
put(struct follow *f, const char *text, size_t n)
{
	if (f->tty) {
		f->out.len = 0;
		if ((n ? plain_put(&f->plain, text, n, &f->out) :
		    plain_end(&f->plain, &f->out)) < 0)
			die_sys(EX_OSERR, "%s", f->log);
		text = f->out.s;
		n = f->out.len;
	}
	if (n && file_write(STDOUT_FILENO, text, n) < 0)
		die_sys(EX_IOERR, "standard output");
}

/* What has come since. */
static void
copy(struct follow *f)
{
	char text[ROOM];
	ssize_t n;

	while (f->fd >= 0 && (n = pread(f->fd, text, sizeof(text), f->at)) != 0) {
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			die_sys(EX_IOERR, "%s/%s", f->a->work_dir, f->log);
		put(f, text, (size_t)n);
		f->at += n;
	}
}

/* Waits a moment.  Returns whether somebody still reads. */
static int
is_read(void)
{
	struct pollfd out = { .fd = STDOUT_FILENO };

	return poll(&out, 1, EVERY_MS) <= 0;
}

static void
begin(struct follow *f, struct args *a)
{
	*f = (struct follow){ .a = a, .fd = -1 };
	f->tty = !a->raw && isatty(STDOUT_FILENO);
	f->plain.bare = plain_bare();
	named(a, a->operand[0], f->path);
	if (strcmp(kind_word(f->path), "job"))
		die(EX_USAGE, "%s: not a job", a->operand[0]);
	snprintf(f->log, sizeof(f->log), "%s/log", f->path);
}

static int
end(struct follow *f)
{
	put(f, "", 0);
	buf_free(&f->out);
	close(f->fd);
	return 0;
}

int
verb_log(struct args *a)
{
	struct follow f;

	begin(&f, a);
	open_log(&f);
	if (f.fd < 0)
		die(EX_NOINPUT, "job %s: no log yet", id_of(f.path));
	copy(&f);
	return end(&f);
}

int
verb_follow(struct args *a)
{
	struct follow f;
	int running;

	begin(&f, a);
	do {
		/* Asked first: what it wrote before it ended is not to be missed. */
		running = job_running(&a->store, JOB, id_of(f.path)) == 1;
		open_log(&f);
		copy(&f);
	} while (running && is_read());
	if (f.fd < 0)
		die(EX_NOINPUT, "job %s: no log yet", id_of(f.path));
	return end(&f);
}

static volatile sig_atomic_t stopped;

static void
stop(int sig)
{
	stopped = sig;
}

/* Any log, while the caller is there. */
int
verb_tail(struct args *a)
{
	struct follow f = { .a = a, .fd = -1 };
	pid_t parent = getppid();

	f.tty = !a->raw && isatty(STDOUT_FILENO);
	f.plain.bare = plain_bare();
	signal(SIGTERM, stop);	/* so that no colour stays on */
	if (snprintf(f.log, sizeof(f.log), "%s", a->operand[0]) >= (int)sizeof(f.log))
		die(EX_USAGE, "%s: too long", a->operand[0]);
	do {
		open_log(&f);
		copy(&f);
	} while (!stopped && getppid() == parent && is_read());
	if (f.fd < 0)
		return 0;
	copy(&f);
	return end(&f);
}
