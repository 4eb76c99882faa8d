/* aoinb-rusage: run PROG, keep it within limits, record what it used.
 *
 * Two processes.  The front is the one that our caller knows: it passes signals
 * in and the exit code out.  The keeper behind it is PROG's parent and does the
 * work.  Either can be killed at any moment: the other then ends the tree and
 * removes the cgroup. */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "err.h"
#include "opt.h"
#include "parse.h"
#include "proc.h"
#include "rusage/disk.h"
#include "rusage/record.h"
#include "rusage/tree.h"
#include "rusage/watch.h"

enum { O_TIME = OPT_LONG, O_SILENCE, O_MEMORY, O_TASKS, O_DISK, O_FLOOR, O_GRACE,
	O_SOURCE, O_DIE, O_SWEEP, O_LOG_MAX, O_RELAY };

static const struct opt tab[] = {
	{ 'o', "output",   "RECORD",   "write a summary there at the end" },
	{ 's', "samples",  "SAMPLES",  "write a line there each interval" },
	{ 'i', "interval", "DURATION", "between samples (3s)" },
	{ 'l', "log",      "LOG",      "append PROG's output to it" },
	{ O_LOG_MAX, "log-max", "SIZE", "keep no more of it: the beginning, and the end" },
	{ O_RELAY, "relay", NULL,      "without LOG: hand it pipes in place of files and terminals" },
	{ O_TIME, "time",  "DURATION", "end it after that long" },
	{ O_SILENCE, "silence", "DURATION", "end it after that long without output and CPU" },
	{ O_MEMORY, "memory", "SIZE",  "end it when it needs more" },
	{ O_TASKS, "tasks", "N",       "no more processes and threads" },
	{ O_DISK, "disk",  "DIR",      "watch the file system of DIR" },
	{ O_FLOOR, "disk-floor", "SIZE", "end it when less is free there" },
	{ O_GRACE, "grace", "DURATION", "from SIGTERM to SIGKILL (10s)" },
	{ O_SOURCE, "source", "SOURCE", "who counts: auto, cgroup2, cgroup1, proc" },
	{ O_DIE, "die-with-parent", NULL, "be killed when the parent dies" },
	{ O_SWEEP, "sweep", NULL,      "remove the cgroups of dead ones, and print them" },
	{ 0 },
};

static const int passed_on[] = { SIGINT, SIGTERM, SIGHUP, SIGQUIT };
#define N_PASSED (sizeof(passed_on) / sizeof(passed_on[0]))

static void
duration(const struct opts *o, const char *name, uint64_t least, uint64_t *out)
{
	/* A thousand years, so that milliseconds and microseconds fit. */
	const uint64_t most = 1000ULL * 366 * 86400;

	if (parse_duration(o->arg, out) < 0 || *out > most || *out < least)
		opt_refuse(o, "--%s: not a duration: %s", name, o->arg);
}

static void
size(const struct opts *o, const char *name, uint64_t *out)
{
	if (parse_size(o->arg, out) < 0)
		opt_refuse(o, "--%s: not a size: %s", name, o->arg);
}

static enum source
source(const struct opts *o)
{
	static const char *const name[] = { "auto", "cgroup2", "cgroup1", "proc" };
	size_t i;

	for (i = 0; i < sizeof(name) / sizeof(name[0]); i++)
		if (!strcmp(o->arg, name[i]))
			return (enum source)i;
	opt_refuse(o, "--source: not one of auto, cgroup2, cgroup1, proc: %s", o->arg);
}

static void
print_path(const char *path)
{
	puts(path);
}

static int
sweep(void)
{
	cgroup_sweep(print_path, opt_dry);
	if (fflush(stdout) == EOF)
		die_sys(EX_IOERR, "standard output");
	return 0;
}

/* What must be known before PROG may start: a build of hours is not to end with
 * a record that cannot be written. */
static void
check(const struct plan *p)
{
	uint64_t used, room;
	struct stat st;

	if (p->record && record_check(p->record) < 0)
		die_sys(EX_CANTCREAT, "%s", p->record);
	if (!p->disk)
		return;
	if (stat(p->disk, &st) < 0)
		die_sys(err_code(errno), "%s", p->disk);
	if (disk_space(p->disk, &used, &room) < 0)
		die_sys(err_code(errno), "%s", p->disk);
	if (room < p->floor / 1024)
		die(EX_DISKFULL, "%s: only %llu KiB free, not started", p->disk,
		    (unsigned long long)room);
}

static int
open_output(const char *path)
{
	int fd = path ? record_open(path) : -1;

	if (path && fd < 0)
		die_sys(EX_CANTCREAT, "%s", path);
	return fd;
}

/* Signals are held from here on; what we were told to ignore (nohup, "&" of a
 * shell without job control) PROG ignores too. */
static void
hold_signals(struct watch_args *a)
{
	struct sigaction old;
	size_t i;

	sigemptyset(&a->ignored);
	sigemptyset(&a->held);
	for (i = 0; i < N_PASSED; i++)
		if (sigaction(passed_on[i], NULL, &old) == 0 &&
		    old.sa_handler == SIG_IGN)
			sigaddset(&a->ignored, passed_on[i]);
		else
			sigaddset(&a->held, passed_on[i]);
	signal(SIGCHLD, SIG_DFL);
	signal(SIGPIPE, SIG_IGN);
	sigaddset(&a->held, SIGCHLD);
	sigprocmask(SIG_SETMASK, &a->held, NULL);
}

static int
set_limits(struct cgroup *cg, const struct plan *p)
{
	if (p->memory && cgroup_limit_memory(cg, p->memory) < 0) {
		if (errno != ENOTSUP)
			return -1;
		note("no memory controller: the limit is kept by looking");
	}
	if (p->tasks && cgroup_limit_tasks(cg, p->tasks) < 0) {
		if (errno != ENOTSUP)
			return -1;
		note("no pids controller: --tasks is not kept");
	}
	return 0;
}

/* Children from before we were executed are not ours to kill: with such, no
 * orphan is to land here.  Returns whether the keeper's orphans will. */
static int
adopt(void)
{
	struct tree t = { 0 };
	int alone;

	if (tree_list(&t, getpid()) < 0)
		die_sys(EX_UNAVAILABLE, "/proc/self/task: children");
	alone = t.len == 0;
	tree_free(&t);
	if (alone && prctl(PR_SET_CHILD_SUBREAPER, 1) < 0)
		die_sys(EX_OSERR, "become the subreaper");
	return alone;
}

/* The front's life: pass signals on until the keeper has ended.  A Ctrl-C the
 * terminal gives to the keeper as well. */
static int
front(pid_t keeper, const struct watch_args *a, int adopts)
{
	siginfo_t si;
	int status;
	pid_t pid;

	for (;;) {
		if (sigwaitinfo(&a->held, &si) < 0)
			continue;
		if (si.si_signo != SIGCHLD) {
			if (si.si_code != SI_KERNEL)
				kill(keeper, si.si_signo);
		} else if ((pid = waitpid(keeper, &status, WNOHANG)) == keeper) {
			break;
		} else if (pid < 0) {
			warn_sys("wait for the keeper");
			kill(keeper, SIGKILL);
			status = EX_OSERR << 8;
			break;
		}
	}
	if (WIFSIGNALED(status))
		warn_msg("the keeper was killed");
	if (adopts)
		tree_kill(a->cg);
	cgroup_remove(a->cg);
	return proc_code(status);
}

static int
run(const struct plan *p)
{
	struct cgroup cg;
	struct watch_args a = { .plan = p, .cg = &cg };
	pid_t self = getpid(), keeper;
	int adopts, code;

	a.samples = open_output(p->samples);
	a.log = open_output(p->log);
	hold_signals(&a);
	adopts = adopt();
	if (cgroup_make(&cg, p->source) < 0)
		die(EX_UNAVAILABLE, "--source: no cgroup of that kind can be made");
	if (set_limits(&cg, p) < 0) {
		warn_sys("set the limits");
		cgroup_remove(&cg);
		return EX_OSERR;
	}
	a.front = pidfd_open(self, 0);
	keeper = a.front < 0 ? -1 : fork();
	if (keeper < 0) {
		warn_sys("make a process");
		cgroup_remove(&cg);
		return EX_OSERR;
	}
	if (keeper == 0) {
		code = watch(&a);
		if (getppid() != self)
			cgroup_remove(&cg);
		exit(code);
	}
	close(a.front);
	return front(keeper, &a, adopts);
}

int
main(int argc, char *argv[])
{
	struct opts o = {
		.usage = "[--options=FILE] [-o RECORD] [-s SAMPLES] [-i DURATION] [-l LOG] "
		    "[--LIMIT=VALUE]... PROG [ARG]...",
		.about = "Run PROG, keep it within limits, record what it used.",
		.tab = tab,
		.helper = "rusage",
	};
	struct plan p = { .interval_s = 3, .grace_s = 10 };
	int c, parent = getppid(), only_sweep = 0;

	(void)argc;
	opt_begin(&o, argv);
	while ((c = opt_next(&o)) != -1)
		switch (c) {
		case 'o': p.record = o.arg; break;
		case 's': p.samples = o.arg; break;
		case 'i': duration(&o, "interval", 1, &p.interval_s); break;
		case 'l': p.log = o.arg; break;
		case O_LOG_MAX: size(&o, "log-max", &p.log_max); break;
		case O_TIME: duration(&o, "time", 0, &p.time_s); break;
		case O_SILENCE: duration(&o, "silence", 0, &p.silence_s); break;
		case O_MEMORY: size(&o, "memory", &p.memory); break;
		case O_TASKS:
			if (parse_uint(o.arg, 0, 1 << 22, &p.tasks) < 0)
				opt_refuse(&o, "--tasks: not a number: %s", o.arg);
			break;
		case O_DISK: p.disk = o.arg; break;
		case O_FLOOR: size(&o, "disk-floor", &p.floor); break;
		case O_GRACE: duration(&o, "grace", 0, &p.grace_s); break;
		case O_SOURCE: p.source = source(&o); break;
		case O_RELAY: p.relay = 1; break;
		case O_DIE: p.die_with_parent = 1; break;
		case O_SWEEP: only_sweep = 1; break;
		}
	p.argv = o.argv;
	if (only_sweep && !*p.argv)
		return sweep();
	if (only_sweep || !*p.argv || (p.floor && !p.disk))
		opt_bad(&o);
	if (p.die_with_parent && proc_die_with(parent) < 0)
		die_sys(EX_OSERR, "die with the parent");
	check(&p);
	if (opt_dry)
		return proc_show(STDERR_FILENO, p.argv) < 0 ? EX_IOERR : 0;
	return run(&p);
}
