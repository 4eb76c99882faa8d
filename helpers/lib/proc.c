#include <errno.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "buf.h"
#include "err.h"
#include "file.h"
#include "proc.h"

void
proc_become(char *argv[])
{
	execvp(argv[0], argv);
	die_sys(errno == ENOENT ? EX_NOTFOUND : EX_CANNOTRUN, "%s", argv[0]);
}

int
proc_code(int status)
{
	if (WIFSIGNALED(status))
		return 128 + WTERMSIG(status);
	return WEXITSTATUS(status);
}

int
proc_wait(int pid)
{
	int status;

	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			return -1;
	return proc_code(status);
}

int
proc_die_with(int parent)
{
	if (prctl(PR_SET_PDEATHSIG, SIGKILL) < 0)
		return -1;
	if (getppid() != parent)
		raise(SIGKILL);
	return 0;
}

void
proc_signals_default(void)
{
	sigset_t none;
	int s;

	for (s = 1; s < NSIG; s++)
		if (s != SIGKILL && s != SIGSTOP)
			signal(s, SIG_DFL); /* EINVAL for libc's own two */
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
}

int
proc_show(int fd, char *argv[])
{
	struct buf b = { 0 };
	int r = 0;

	for (; *argv && r == 0; argv++)
		if (buf_shell(&b, *argv) < 0 ||
		    buf_putc(&b, argv[1] ? ' ' : '\n') < 0)
			r = -1;
	if (r == 0 && b.len)
		r = file_write(fd, b.s, b.len);
	buf_free(&b);
	return r;
}
