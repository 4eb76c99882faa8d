#include <errno.h>
#include <fcntl.h>
#include <net/if.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "err.h"
#include "proc.h"
#include "run/fs.h"
#include "run/confine.h"
#include "run/init.h"
#include "run/nspawn.h"
#include "run/tty.h"

/* Dies with the parent, which might be dead already: getppid(2) cannot tell
 * from in here, the socket can. */
static void
die_with(int parent)
{
	struct pollfd p = { .fd = parent, .events = POLLIN };

	if (prctl(PR_SET_PDEATHSIG, SIGKILL) < 0)
		die_sys(EX_OSERR, "die with the parent");
	if (poll(&p, 1, 0) != 0)
		exit(EX_OSERR);
}

/* The kernel gives lo its addresses, of both families, when it goes up. */
static int
loopback_up(void)
{
	struct ifreq ifr = { .ifr_name = "lo", .ifr_flags = IFF_UP };
	int s = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0), r;

	if (s < 0)
		return -1;
	r = ioctl(s, SIOCSIFFLAGS, &ifr);
	close(s);
	return r;
}

static void
make(const struct run *r)
{
	struct rlimit no_core = { 0, 0 };
	const char *at;

	umask(0);
	if (!r->network && loopback_up() < 0)
		die_sys(EX_OSERR, "bring the loopback interface up");
	if (sethostname(r->hostname, strlen(r->hostname)) < 0)
		die_sys(EX_OSERR, "host name %s", r->hostname);
	/* ENOTDIR: a link or a file where the root must have a folder. */
	if (fs_enter(r, &at) < 0)
		die_sys(errno == ENOTDIR ? EX_DATAERR : err_code(errno),
		    "make %s in %s", at, r->root);
	if (setrlimit(RLIMIT_CORE, &no_core) < 0)
		die_sys(EX_OSERR, "limit core dumps");
	umask(022);
}

static void
guard(const struct run *r)
{
	if (r->seccomp && guard_calls() < 0)
		die_sys(EX_OSERR, "filter system calls");
	if (guard_caps() < 0)
		die_sys(EX_OSERR, "drop capabilities");
}

static void
become(const struct run *r)
{
	int fd;

	proc_signals_default();
	if (setsid() < 0)
		die_sys(EX_OSERR, "begin a session");
	if (r->tty) {
		if (tty_take() < 0)
			die_sys(EX_OSERR, "open the terminal");
	} else {
		fd = open("/dev/null", O_RDONLY);
		if (fd < 0 || dup2(fd, STDIN_FILENO) < 0)
			die_sys(EX_OSERR, "/dev/null");
		close(fd);
	}
	if (chdir(r->cwd) < 0)
		die_sys(EX_NOINPUT, "%s", r->cwd);
	environ = r->env;
	proc_become(r->prog);
}

/* Signals go to all of PROG's group, as a terminal would send them. */
static void
pass(pid_t prog, int sig)
{
	if (kill(-prog, sig) < 0)
		kill(prog, sig);
}

/* Until PROG has ended, whose wait status it returns; others are reaped on the
 * way.  *last is the last signal that was passed on. */
static int
mind(pid_t prog, const sigset_t *signals, int *last)
{
	int sig, status;
	pid_t pid;

	for (;;) {
		while ((pid = waitpid(-1, &status, WNOHANG)) > 0)
			if (pid == prog)
				return status;
		if (sigwait(signals, &sig) == 0 && sig != SIGCHLD) {
			pass(prog, sig);
			*last = sig;
		}
	}
}

/* vfork(2), as copying our pages for a process that soon drops them is a good
 * part of the time a container takes to start. */
static pid_t
start(const struct run *r)
{
	pid_t prog = vfork();

	if (prog < 0)
		die_sys(EX_OSERR, "fork");
	if (prog == 0 && r->nspawn)
		nspawn_become(r);
	if (prog == 0)
		become(r);
	return prog;
}

static int
run(const struct run *r, const struct init *in)
{
	pid_t prog = start(r);
	int status, last = 0;

	status = mind(prog, &in->signals, &last);
	if (!r->nspawn || !WIFEXITED(status))
		return proc_code(status);
	/* It has no code of its own for having been told to end. */
	return WEXITSTATUS(status) == 1 && last ? 128 + last : WEXITSTATUS(status);
}

/* Whoever is left when we exit is killed by the kernel. */
void
init_main(const struct run *r, const struct init *in)
{
	die_with(in->parent);
	if (r->nspawn) {
		nspawn_make(r);
		_exit(run(r, in));
	}
	make(r);
	if (r->tty && tty_send(in) < 0)
		die_sys(EX_OSERR, "make a terminal");
	guard(r);
	if (close_range(STDERR_FILENO + 1, ~0U, 0) < 0)
		die_sys(EX_OSERR, "close descriptors");
	_exit(run(r, in));
}
