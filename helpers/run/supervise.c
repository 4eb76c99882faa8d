#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "err.h"
#include "file.h"
#include "ns.h"
#include "proc.h"
#include "run/init.h"
#include "run/fdpass.h"
#include "run/net.h"
#include "run/run.h"
#include "run/slirp.h"
#include "run/tty.h"

/* The parent's side of a running container. */
struct supervisor {
	pid_t init;
	int tty;
	int signals;		/* signalfd */
	int in, master;		/* -1: none, or nothing to be had any more */
	char typed[4096];	/* read from in, not yet taken by master */
	size_t len;
};

static const int passed[] = {
	SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGUSR1, SIGUSR2, SIGWINCH,
};

/* Blocks what we wait for.  A signal that our caller has us ignore (nohup(1))
 * is let be. */
static void
signals_block(sigset_t *set, int tty)
{
	struct sigaction sa;
	size_t i;

	signal(SIGCHLD, SIG_DFL);
	signal(SIGPIPE, SIG_IGN);
	sigemptyset(set);
	sigaddset(set, SIGCHLD);
	if (tty)
		sigaddset(set, SIGCONT);
	for (i = 0; i < sizeof(passed) / sizeof(*passed); i++)
		if (sigaction(passed[i], NULL, &sa) == 0 && sa.sa_handler != SIG_IGN)
			sigaddset(set, passed[i]);
	sigprocmask(SIG_SETMASK, set, NULL);
}

/* fork(2) into new namespaces.  Not clone3(2), which containers' filters that
 * want to see the flags refuse. */
static pid_t
fork_into(unsigned long flags)
{
	flags |= SIGCHLD;
#ifdef __s390__
	return (pid_t)syscall(SYS_clone, 0, flags, 0, 0, 0);
#else
	return (pid_t)syscall(SYS_clone, flags, 0, 0, 0, 0);
#endif
}

/* Takes the master of the container's terminal from pid 1, and makes the
 * caller's pass every key on. */
static void
terminal_begin(struct supervisor *v, int sock, const struct termios *saved)
{
	v->master = fdpass_receive(sock);
	if (v->master < 0)
		return; /* pid 1 said why, and is about to exit */
	fcntl(v->master, F_SETFL, O_NONBLOCK);
	v->in = STDIN_FILENO;
	if (tty_raw(saved) < 0)
		warn_sys("terminal");
}

/* Shows what the container wrote to its terminal.  Returns -1 when there is no
 * more. */
static int
output_copy(struct supervisor *v)
{
	char b[8192];
	ssize_t n = read(v->master, b, sizeof(b));

	if (n > 0)
		return file_write(STDOUT_FILENO, b, (size_t)n);
	return n < 0 && (errno == EAGAIN || errno == EINTR) ? 0 : -1;
}

static void
input_read(struct supervisor *v)
{
	ssize_t n = read(v->in, v->typed, sizeof(v->typed));

	if (n > 0) {
		v->len = (size_t)n;
	} else if (n == 0 || (errno != EINTR && errno != EAGAIN)) {
		v->in = -1; /* hung up */
		kill(v->init, SIGHUP);
	}
}

static void
input_write(struct supervisor *v)
{
	ssize_t n = write(v->master, v->typed, v->len);

	if (n <= 0)
		return;
	v->len -= (size_t)n;
	memmove(v->typed, v->typed + n, v->len);
}

/* Returns pid 1's exit code once it is dead, else -1. */
static int
signals(struct supervisor *v, const struct termios *saved)
{
	struct signalfd_siginfo si;
	int status;

	if (read(v->signals, &si, sizeof(si)) != sizeof(si))
		return -1;
	switch (si.ssi_signo) {
	case SIGCHLD:
		if (waitpid(v->init, &status, WNOHANG) != v->init)
			return -1;
		return proc_code(status);
	case SIGCONT:
		tty_raw(saved);
		/* FALLTHROUGH */
	case SIGWINCH:
		if (v->tty && v->master >= 0)
			tty_resize(v->master);
		if (v->tty)
			return -1;
	}
	kill(v->init, (int)si.ssi_signo);
	return -1;
}

static int
watch(struct supervisor *v, const struct termios *saved)
{
	int code = -1;

	while (code < 0) {
		struct pollfd p[] = {
			{ .fd = v->signals, .events = POLLIN },
			{ .fd = v->master,
			  .events = (short)(POLLIN | (v->len ? POLLOUT : 0)) },
			{ .fd = v->len ? -1 : v->in, .events = POLLIN },
		};

		if (poll(p, 3, -1) < 0)
			continue;
		if (p[1].revents & POLLOUT)
			input_write(v);
		if (p[1].revents & ~POLLOUT && output_copy(v) < 0) {
			v->master = v->in = -1;
			v->len = 0;
		}
		if (p[2].revents)
			input_read(v);
		if (p[0].revents)
			code = signals(v, saved);
	}
	return code;
}

/* What was shown last is still in the terminal when pid 1 is gone. */
static void
drain(struct supervisor *v)
{
	struct pollfd p = { .fd = v->master, .events = POLLIN };

	while (v->master >= 0 && poll(&p, 1, 0) > 0 && output_copy(v) == 0)
		;
	tty_restore();
}

/* nspawn(1) makes the rest itself; of the network see net.h. */
static unsigned long
flags(const struct run *r)
{
	unsigned long f = CLONE_NEWPID | CLONE_NEWNS;

	if (!r->nspawn)
		f |= CLONE_NEWIPC | CLONE_NEWUTS | CLONE_NEWCGROUP;
	return f;
}

/* The container's own, where it is not the host's; nspawn(1) makes one without anything
 * itself. */
static void
network(const struct run *r, struct slirp *slirp, int sock)
{
	int down;

	if (r->network == NET_HOST || (r->nspawn && r->network == NET_NO))
		return;
	down = net_make(r->first != 0);
	if (down < 0)
		die_sys(err_code(errno), "make a network namespace");
	if (down)
		note("the container's loopback stays down: there is no CAP_NET_ADMIN here");
	if (r->network == NET_PRIVATE && slirp_start(slirp) < 0)
		exit(EX_UNAVAILABLE);
	/* EPIPE: pid 1 failed before, and said why. */
	if (net_send(sock) < 0 && errno != EPIPE)
		die_sys(err_code(errno), "hand over the network namespace");
}

int
supervise_run(const struct run *r)
{
	struct supervisor v = { .tty = r->tty && !r->nspawn, .in = -1, .master = -1 };
	struct init in = { 0 };
	struct slirp slirp = { 0 };
	int sock[2], code;

	if (r->tty && (tcgetattr(STDIN_FILENO, &in.termios) < 0 ||
	    ioctl(STDIN_FILENO, TIOCGWINSZ, &in.size) < 0))
		die(EX_USAGE, "--tty: the standard input is no terminal");
	if (ns_privilege() < 0)
		die_sys(EX_NOPERM, "make a user namespace");
	signals_block(&in.signals, v.tty);
	v.signals = signalfd(-1, &in.signals, SFD_CLOEXEC);
	if (v.signals < 0 ||
	    socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, sock) < 0)
		die_sys(EX_OSERR, "socket");
	in.parent = sock[1];
	if (r->network == NET_PRIVATE && slirp_fork(&slirp) < 0)
		die_sys(EX_OSERR, "fork");
	if (r->first && !r->nspawn && (in.user = ns_user_new(r->first)) < 0)
		die_sys(err_code(errno), "make a user namespace of its own");
	v.init = fork_into(flags(r));
	if (v.init < 0)
		die_sys(err_code(errno), "make namespaces");
	if (v.init == 0) {
		close(sock[0]);
		init_main(r, &in);
	}
	close(sock[1]);
	if (r->input && !r->nspawn)
		init_close_input();	/* who writes is to see when nobody reads any more */
	network(r, &slirp, sock[0]);
	if (v.tty)
		terminal_begin(&v, sock[0], &in.termios);
	code = watch(&v, &in.termios);
	drain(&v);
	return code;
}
