#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "doctor/ask.h"
#include "err.h"
#include "file.h"
#include "proc.h"

enum { SAID_MOST = 16 << 20 };

/* All that was written to fd, up to a limit. */
static void
take(struct buf *b, int fd)
{
	off_t end = lseek(fd, 0, SEEK_END);

	if (end < 0 || (end > SAID_MOST && ftruncate(fd, SAID_MOST) < 0) ||
	    lseek(fd, 0, SEEK_SET) < 0 || buf_puts(b, "") < 0 || buf_read(b, fd, SAID_MOST) < 0)
		die_sys(EX_OSERR, "what a program said");
	close(fd);
}

static void __attribute__((noreturn))
child(const char *const *argv, int parent, int out, int err)
{
	int null = open("/dev/null", O_RDONLY | O_CLOEXEC);

	proc_signals_default();
	if (proc_die_with(parent) < 0 || null < 0 || dup2(null, 0) < 0 || dup2(out, 1) < 0 ||
	    dup2(err, 2) < 0)
		_exit(EX_OSERR);
	execvp(argv[0], (char *const *)argv);
	warn_sys("%s", argv[0]);
	_exit(errno == ENOENT ? EX_NOTFOUND : EX_CANNOTRUN);
}

int
ask(struct answer *a, const char *const *argv)
{
	int out = memfd_create("out", MFD_CLOEXEC), err = memfd_create("err", MFD_CLOEXEC);
	int parent = getpid();
	pid_t pid;

	*a = (struct answer){ 0 };
	if (out < 0 || err < 0 || (pid = fork()) < 0)
		die_sys(EX_OSERR, "%s", argv[0]);
	if (pid == 0)
		child(argv, parent, out, err);
	a->code = proc_wait(pid);
	if (a->code < 0)
		die_sys(EX_OSERR, "%s", argv[0]);
	take(&a->out, out);
	take(&a->err, err);
	return a->code;
}

void
answer_free(struct answer *a)
{
	buf_free(&a->out);
	buf_free(&a->err);
}

char *
answer_line(char **at)
{
	char *line = strsep(at, "\n");

	return line && (*line || *at) ? line : NULL;
}

const char *
answer_why(struct answer *a)
{
	char *at = a->err.s, *line, *last = NULL, *colon;

	while ((line = answer_line(&at)))
		if (*line)
			last = line;
	if (!last) {
		buf_free(&a->err);
		if (buf_printf(&a->err, "code %d", a->code) < 0)
			die_sys(EX_OSERR, "memory");
		return a->err.s;
	}
	while (!strncmp(last, "aoinb", 5) && (colon = strstr(last, ": ")))
		last = colon + 2;
	return last;
}

int
ask_has(const char *prog)
{
	const char *path = getenv("PATH");
	char *copy = strdup(path ? path : ""), *at = copy, *dir, *file;
	int found = 0;

	if (!copy)
		die_sys(EX_OSERR, "memory");
	while (!found && (dir = strsep(&at, ":"))) {
		if (asprintf(&file, "%s/%s", *dir ? dir : ".", prog) < 0)
			die_sys(EX_OSERR, "memory");
		found = access(file, X_OK) == 0;
		free(file);
	}
	free(copy);
	return found;
}
