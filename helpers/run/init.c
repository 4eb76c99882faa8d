#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <linux/magic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <sys/wait.h>
#include <unistd.h>

#include "err.h"
#include "landlock.h"
#include "ns.h"
#include "parse.h"
#include "proc.h"
#include "run/fs.h"
#include "run/confine.h"
#include "run/init.h"
#include "run/net.h"
#include "run/nspawn.h"
#include "run/self.h"
#include "run/tty.h"

/* PROG's standard input, until it has it. */
enum { INPUT = STDERR_FILENO + 1 };

/* Dies with the parent, which might be dead already: getppid(2) cannot tell
 * from in here, the socket can. */
static void
die_with(int parent)
{
	struct pollfd p = { .fd = parent };

	if (prctl(PR_SET_PDEATHSIG, SIGKILL) < 0)
		die_sys(EX_OSERR, "die with the parent");
	if (poll(&p, 1, 0) != 0)
		exit(EX_OSERR);
}

/* ENOTDIR: a link or a file where the root must have a folder. */
static void
fs_failed(const struct run *r, const char *at)
{
	die_sys(errno == ENOTDIR ? EX_DATAERR : err_code(errno), "make %s in %s",
	    at, r->root);
}

/* Its network is there by now, or the host's, of which abstract sockets are none of its
 * business. */
static void
join(const struct run *r, int parent)
{
	if (r->network == NET_HOST) {
		if (landlock_scope() < 0)
			die_sys(EX_OSERR, "close abstract sockets");
		return;
	}
	if (net_join(parent) == 0)
		return;
	if (errno == EPIPE)
		exit(EX_OSERR);		/* the parent said why */
	die_sys(EX_OSERR, "enter the network namespace");
}

static void
make(const struct run *r, int parent)
{
	struct rlimit no_core = { 0, 0 };
	struct fs fs;
	const char *at;

	umask(0);
	if (r->first && ns_files_as(r->first) < 0)
		die_sys(EX_OSERR, "become user %u", r->first);
	if (sethostname(r->hostname, strlen(r->hostname)) < 0)
		die_sys(EX_OSERR, "host name %s", r->hostname);
	if (fs_make(&fs, r, &at) < 0)
		fs_failed(r, at);
	if (r->seccomp && confine_calls(r->sandbox == PARSE_AUTO ? r->first != 0 : r->sandbox) < 0)
		die_sys(EX_OSERR, "filter system calls");
	join(r, parent);
	if (fs_enter(&fs, &at) < 0)
		fs_failed(r, at);
	if (setrlimit(RLIMIT_CORE, &no_core) < 0)
		die_sys(EX_OSERR, "limit core dumps");
	umask(022);
}

/* What PROG says through a pipe it may open again by /dev/stderr, and /dev/stdin likewise, but only as whom the
 * pipe belongs to.  A file of the host stays the host's. */
static int
pipe_give(int fd, unsigned int id)
{
	struct statfs fs;

	if (fstatfs(fd, &fs) < 0 || fs.f_type != PIPEFS_MAGIC)
		return 0;
	return fchown(fd, id, id);
}

/* All that takes the host's privileges has been done. */
static void
enter_user(const struct run *r, const struct init *in)
{
	if (!r->first)
		return;
	if (r->input && pipe_give(STDIN_FILENO, r->first) < 0)
		die_sys(EX_OSERR, "give the standard input away");
	if (pipe_give(STDOUT_FILENO, r->first) < 0 || pipe_give(STDERR_FILENO, r->first) < 0)
		die_sys(EX_OSERR, "give the standard output away");
	if (ns_user_enter(in->user) < 0)
		die_sys(EX_OSERR, "enter the user namespace");
	die_with(in->parent);
}

static void
become(const struct run *r)
{
	proc_signals_default();
	if (r->input && dup2(INPUT, STDIN_FILENO) < 0)
		die_sys(EX_OSERR, "pass the standard input on");
	if (setsid() < 0)
		die_sys(EX_OSERR, "begin a session");
	if (r->tty && tty_take() < 0)
		die_sys(EX_OSERR, "open the terminal");
	if (chdir(r->cwd) < 0)
		die_sys(err_code(errno), "%s", r->cwd);
	environ = r->env.at;
	proc_become(r->prog);
}

/* To all of PROG's group, as a terminal would send it. */
static void
signal_group(pid_t prog, int sig)
{
	if (kill(-prog, sig) < 0)
		kill(prog, sig);
}

/* Until PROG has ended, whose wait status it returns; others are reaped on the
 * way.  *last is the last signal that was passed on. */
static int
wait_for_prog(pid_t prog, const sigset_t *signals, int *last)
{
	int sig, status;
	pid_t pid;

	for (;;) {
		while ((pid = waitpid(-1, &status, WNOHANG)) > 0)
			if (pid == prog)
				return status;
		if (sigwait(signals, &sig) == 0 && sig != SIGCHLD) {
			signal_group(prog, sig);
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

	if (r->input && !r->nspawn)
		close(INPUT);
	status = wait_for_prog(prog, &in->signals, &last);
	if (!r->nspawn || !WIFEXITED(status))
		return proc_code(status);
	/* It has no code of its own for having been told to end. */
	return WEXITSTATUS(status) == 1 && last ? 128 + last : WEXITSTATUS(status);
}

/* What is typed on the caller's terminal is not the build's, nor pid 1's, which the build
 * can look at. */
void
init_close_input(void)
{
	int fd = open("/dev/null", O_RDONLY | O_CLOEXEC);

	if (fd < 0 || dup2(fd, STDIN_FILENO) < 0)
		die_sys(EX_OSERR, "/dev/null");
	close(fd);
}

/* Whoever is left when we exit is killed by the kernel. */
void
init_main(const struct run *r, const struct init *in)
{
	die_with(in->parent);
	if (r->nspawn) {
		nspawn_make(r);
		if (r->network != NET_NO)	/* else it makes one itself */
			join(r, in->parent);
		if (!r->tty && !r->input)
			init_close_input();
		_exit(run(r, in));
	}
	make(r, in->parent);
	enter_user(r, in);
	if (r->tty && tty_send(in) < 0)
		die_sys(EX_OSERR, "make a terminal");
	if (r->input && dup3(STDIN_FILENO, INPUT, O_CLOEXEC) < 0)
		die_sys(EX_OSERR, "pass the standard input on");
	init_close_input();
	if (close_range(r->input ? INPUT + 1 : INPUT, ~0U, 0) < 0)
		die_sys(EX_OSERR, "close descriptors");
	if (self_hide() < 0)
		die_sys(EX_OSERR, "hide from the container");
	if (confine_caps() < 0)
		die_sys(EX_OSERR, "drop capabilities");
	_exit(run(r, in));
}
