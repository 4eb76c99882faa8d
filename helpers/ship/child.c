#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "err.h"
#include "proc.h"
#include "ship/attempt.h"

enum { PATIENCE = 20000 };	/* milliseconds from TERM to KILL */

static int
append_to(int folder, const char *name, int fd)
{
	int to = openat(folder, name, O_WRONLY | O_CREAT | O_APPEND | O_NOFOLLOW | O_CLOEXEC, 0600);

	return to < 0 || dup2(to, fd) < 0 ? -1 : 0;
}

/* Becomes it, in a group of processes of its own, and ends with us. */
static void __attribute__((noreturn))
become(struct attempt *a, char *argv[], int parent)
{
	int null = open("/dev/null", O_RDONLY | O_CLOEXEC);

	proc_signals_default();
	if (setpgid(0, 0) < 0 || proc_die_with(parent) < 0 || fchdir(a->folder) < 0 ||
	    null < 0 || dup2(null, STDIN_FILENO) < 0 || append_to(a->folder, "out", STDOUT_FILENO) < 0 ||
	    append_to(a->folder, "err", STDERR_FILENO) < 0) {
		warn_sys("%s", argv[0]);
		_exit(EX_OSERR);
	}
	proc_become(argv);
}

/* Ends it where nobody wants it any more, by force where it takes too long. */
static void
tell(const struct attempt *a, pid_t pid, int64_t *told)
{
	int unwanted = a->cancel || a->lost || wait_stopped();

	if (!unwanted)
		return;
	if (!*told) {
		kill(-pid, SIGTERM);
		*told = wait_now();
	} else if (wait_now() - *told > PATIENCE) {
		kill(-pid, SIGKILL);
	}
}

/* What we were told to do does not keep us from waiting for it. */
static void
nap(int64_t ms)
{
	if (wait_stopped())
		usleep(50000);
	else
		wait_ms(ms < 50 ? 50 : ms > 1000 ? 1000 : ms);
}

int
attempt_child(struct attempt *a, char *argv[])
{
	int parent = getpid(), status;
	int64_t told = 0;
	pid_t pid = fork(), got;

	if (pid < 0)
		return -1;
	if (pid == 0)
		become(a, argv, parent);
	setpgid(pid, pid);
	for (;;) {
		got = waitpid(pid, &status, WNOHANG);
		if (got < 0 && errno != EINTR)
			return -1;
		if (got == pid)
			break;
		tell(a, pid, &told);
		attempt_look(a);
		if (!wait_stopped())
			attempt_word(a, 0);
		nap(told ? 50 : a->next - wait_now());
	}
	attempt_look(a);
	return proc_code(status);
}
