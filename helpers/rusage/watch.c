#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include "err.h"
#include "rusage/disk.h"
#include "rusage/meter.h"
#include "rusage/output.h"
#include "rusage/record.h"
#include "rusage/timer.h"
#include "rusage/tree.h"
#include "rusage/verdict.h"
#include "rusage/watch.h"

#define LEFTOVER_S 1	/* what PROG left behind gets at most this grace */

enum state { RUNS, ENDS, DIES, GONE };

enum { FD_SIGNAL, FD_SAMPLE, FD_TICK, FD_CLOCK, FD_OOM, FD_FRONT, FD_OUTPUT,
	FD_N = FD_OUTPUT + OUTPUT_FDS };

struct run {
	const struct watch_args *a;
	const struct plan *p;
	struct pollfd fd[FD_N];
	struct meter m;
	struct disk disk;
	pid_t child;
	int ended, status;	/* PROG's */
	enum state state;
	struct verdict verdict;
	int kills;		/* passes so far */
	uint64_t t0, t1;	/* start of PROG and its end, us */
	time_t start;
	uint64_t samples;
	uint64_t checked_us;
	uint64_t alive_us, alive_cpu;	/* the last sign of life */
	uint64_t alive_log;
	struct output output;
	int lost;		/* whether samples could not be written */
};

static void
look_at_disk(struct run *r)
{
	struct disk *d = &r->disk;

	if (!r->p->disk ||
	    disk_space(r->p->disk, &d->used_kib, &d->free_kib) < 0)
		return;
	if (d->start_kib == UNKNOWN) {
		d->start_kib = d->used_kib;
		d->peak_kib = 0;
	}
	if (d->used_kib > d->start_kib && d->used_kib - d->start_kib > d->peak_kib)
		d->peak_kib = d->used_kib - d->start_kib;
	if (d->free_kib < d->free_min_kib)
		d->free_min_kib = d->free_kib;
}

/* Said once; the code tells it in the end. */
static void
samples_failed(struct run *r)
{
	if (!r->lost)
		warn_sys("%s", r->p->samples);
	r->lost = 1;
}

static void
sample(struct run *r)
{
	meter_read(&r->m);
	look_at_disk(r);
	if (r->a->samples < 0)
		return;
	if (record_sample(r->a->samples, timer_now() - r->t0, &r->m.last, &r->disk,
	    r->output.kept ? r->output.log.said : UNKNOWN) < 0)
		samples_failed(r);
	else
		r->samples++;
}

static void
kill_tree(struct run *r)
{
	r->state = DIES;
	cgroup_kill(r->a->cg);
	tree_signal(SIGKILL);
	timer_set(r->fd[FD_CLOCK].fd, TREE_KILL_MS, 0);
}

/* sig to all of the tree, and after grace_s the end. */
static void
end_tree(struct run *r, enum cause why, int sig, uint64_t grace_s)
{
	if (r->state != RUNS)
		return;
	r->verdict.why = why;
	r->state = ENDS;
	if (!grace_s) {
		kill_tree(r);
		return;
	}
	timer_set(r->fd[FD_CLOCK].fd, grace_s * 1000, 0);
	tree_signal(sig);
	tree_signal(SIGCONT);	/* a stopped one cannot obey */
}

static void
limit(struct run *r, enum cause why)
{
	end_tree(r, why, SIGTERM, r->p->grace_s);
}

static void
reap(struct run *r)
{
	struct rusage ru;
	int status;
	pid_t pid;

	while ((pid = wait4(-1, &status, WNOHANG, &ru)) > 0) {
		meter_reaped(&r->m, &ru);
		if (pid != r->child)
			continue;
		r->ended = 1;
		r->status = status;
		r->t1 = timer_now();
	}
	if (pid < 0 && errno != ECHILD) {
		/* A filter that denies it: nobody would ever be seen to end. */
		warn_sys("wait for %s", r->p->argv[0]);
		tree_kill(r->a->cg);
		cgroup_remove(r->a->cg);
		exit(EX_OSERR);
	}
	if (pid < 0)
		r->state = GONE;
	else if (r->ended)
		end_tree(r, r->verdict.why, SIGTERM, r->p->grace_s < LEFTOVER_S ?
		    r->p->grace_s : LEFTOVER_S);
}

/* Ctrl-C and Ctrl-\ reach PROG from the terminal too, when it is in our group:
 * then it is PROG's to decide, as it is under a shell.  Anything else is meant
 * for us, and passed on. */
static void
on_signal(struct run *r)
{
	struct signalfd_siginfo si;
	int sig;

	if (read(r->fd[FD_SIGNAL].fd, &si, sizeof(si)) != (ssize_t)sizeof(si))
		return;
	sig = (int)si.ssi_signo;
	if (sig == SIGCHLD) {
		reap(r);
	} else if ((sig == SIGINT || sig == SIGQUIT) &&
	    si.ssi_code == SI_KERNEL && getpgid(r->child) == getpgrp()) {
		r->verdict.from_terminal = sig;
	} else if (r->state == RUNS) {
		r->verdict.stopped_by = sig;
		end_tree(r, STOPPED, sig, r->p->grace_s);
	}
}

/* The wall limit; or the grace is over; or another pass at those that forked
 * while we killed. */
static void
on_clock(struct run *r)
{
	switch (r->state) {
	case RUNS:
		limit(r, TIMEOUT);
		break;
	case ENDS:
		kill_tree(r);
		break;
	case DIES:
		if (++r->kills < TREE_KILL_TRIES) {
			kill_tree(r);
			break;
		}
		warn_msg("processes of %s cannot be killed", r->p->argv[0]);
		r->state = GONE;
		break;
	case GONE:
		break;
	}
}

/* Life is output, or a hundredth of the limit in CPU time since it was last
 * seen: what idles along on a timer is silent, a quiet link step is not.  Asks
 * sixty times within the limit, and not more than once a second. */
static void
check_silence(struct run *r)
{
	uint64_t now = timer_now(), cpu;

	if (now - r->checked_us < r->p->silence_s * (1000000 / 60))
		return;
	r->checked_us = now;
	cpu = meter_cpu(&r->m);
	if (r->output.log.said != r->alive_log || (cpu != UNKNOWN &&
	    cpu - r->alive_cpu >= r->p->silence_s * 10000)) {
		r->alive_us = now;
		r->alive_cpu = cpu;
		r->alive_log = r->output.log.said;
	} else if (now - r->alive_us >= r->p->silence_s * 1000000) {
		limit(r, SILENT);
	}
}

/* No controller keeps the memory limit: we do, by looking. */
static int
looks_at_memory(const struct run *r)
{
	return r->p->memory && cgroup_has_memory(r->a->cg) < 0;
}

static void
tick(struct run *r)
{
	if (r->state != RUNS)
		return;
	if (r->p->silence_s)
		check_silence(r);
	if (r->p->floor) {
		look_at_disk(r);
		if (r->disk.free_kib < r->p->floor / 1024)
			limit(r, DISK_FULL);
	}
	if (looks_at_memory(r)) {
		meter_read(&r->m);
		if (r->m.last.mem_kib != UNKNOWN &&
		    r->m.last.mem_kib > r->p->memory / 1024)
			limit(r, OOM);
	}
}

/* Version 1 kills one process and leaves the rest in ruins. */
static void
on_oom(struct run *r)
{
	uint64_t n;

	if (read(r->fd[FD_OOM].fd, &n, sizeof(n)) != (ssize_t)sizeof(n) ||
	    r->state == GONE)
		return;
	if (r->verdict.why == NONE && !r->ended)
		r->verdict.why = OOM;
	kill_tree(r);
}

static void
handle(struct run *r, int which)
{
	int fd = r->fd[which].fd;

	switch (which) {
	case FD_SIGNAL:
		on_signal(r);
		break;
	case FD_SAMPLE:
		if (timer_rang(fd))
			sample(r);
		output_again(&r->output, &r->fd[FD_OUTPUT]);
		break;
	case FD_TICK:
		if (timer_rang(fd))
			tick(r);
		break;
	case FD_CLOCK:
		if (timer_rang(fd))
			on_clock(r);
		break;
	case FD_OOM:
		on_oom(r);
		break;
	case FD_FRONT:
		/* kill -9 of the front: nobody is left to report to. */
		tree_kill(r->a->cg);
		cgroup_remove(r->a->cg);
		log_end(&r->output.log);
		exit(128 + SIGKILL);
	default:
		output_copy(&r->output, &r->fd[FD_OUTPUT], which - FD_OUTPUT);
		break;
	}
}

static void
loop(struct run *r)
{
	int i;

	while (r->state != GONE) {
		if (poll(r->fd, FD_N, -1) < 0) {
			if (errno == EINTR)
				continue;
			die_sys(EX_OSERR, "poll");
		}
		for (i = 0; i < FD_N && r->state != GONE; i++)
			if (r->fd[i].revents)
				handle(r, i);
	}
}

static void
open_events(struct run *r)
{
	int i;

	r->fd[FD_SIGNAL].fd = signalfd(-1, &r->a->held,
	    SFD_CLOEXEC | SFD_NONBLOCK);
	if (r->fd[FD_SIGNAL].fd < 0)
		die_sys(EX_OSERR, "signalfd");
	r->fd[FD_SAMPLE].fd = timer_new();
	r->fd[FD_TICK].fd = timer_new();
	r->fd[FD_CLOCK].fd = timer_new();
	if (r->fd[FD_SAMPLE].fd < 0 || r->fd[FD_TICK].fd < 0 ||
	    r->fd[FD_CLOCK].fd < 0)
		die_sys(EX_OSERR, "make a timer");
	r->fd[FD_OOM].fd = cgroup_oom_event(r->a->cg);
	r->fd[FD_FRONT].fd = r->a->front;
	for (i = 0; i < FD_OUTPUT; i++)
		r->fd[i].events = POLLIN;
	output_wants(&r->output, &r->fd[FD_OUTPUT]);
}

/* The end of a cgroup of version 1 rings for want of memory as well: not heard. */
static void
without_cgroup(struct run *r)
{
	if (r->fd[FD_OOM].fd >= 0)
		close(r->fd[FD_OOM].fd);
	r->fd[FD_OOM].fd = -1;
	cgroup_remove(r->a->cg);
	r->a->cg->source = SRC_PROC;
	if (r->p->tasks)
		note("--tasks is not kept");
}

static void
start(struct run *r)
{
	struct tree_start how = { r->p->argv, -1, -1, -1, r->a->ignored };
	const char *at;

	output_give(&r->output, &how);
	r->child = tree_start(r->a->cg, &how, &at);
	if (r->child < 0 && at == tree_enter && r->p->source == SRC_AUTO) {
		/* We may make one, but not move into it from where we are. */
		note("%s: %s; doing without", at, strerror(errno));
		without_cgroup(r);
		r->child = tree_start(r->a->cg, &how, &at);
	}
	if (r->child < 0 && !*at)
		die_sys(errno == ENOENT ? EX_NOTFOUND : EX_CANNOTRUN, "%s",
		    r->p->argv[0]);
	if (r->child < 0)
		die_sys(EX_OSERR, "%s", at);
	output_started(&r->output);
	r->t0 = r->alive_us = timer_now();
	r->start = time(NULL);
	meter_read(&r->m);	/* so that what ends at once has a peak too */
	if (r->a->samples >= 0 && record_header(r->a->samples) < 0)
		samples_failed(r);
}

static void
start_timers(struct run *r)
{
	uint64_t tick_ms = looks_at_memory(r) ? 250 : 1000;

	timer_set(r->fd[FD_SAMPLE].fd, r->p->interval_s * 1000,
	    r->p->interval_s * 1000);
	if (r->p->silence_s || r->p->floor || looks_at_memory(r))
		timer_set(r->fd[FD_TICK].fd, tick_ms, tick_ms);
	timer_set(r->fd[FD_CLOCK].fd, r->p->time_s * 1000, 0);
}

static int
finish(struct run *r)
{
	struct result res = { .start = r->start, .status = r->status,
	    .log_bytes = UNKNOWN, .log_missing = UNKNOWN };
	int code;

	sample(r);
	output_end(&r->output, &res);
	res.samples = r->samples;
	res.wall_us = (r->ended ? r->t1 : timer_now()) - r->t0;
	res.verdict = verdict_judge(&r->verdict, r->status,
	    meter_oom_kills(&r->m), &code);
	if (r->p->disk && r->p->record)
		disk_folder(r->p->disk, &r->disk.folder_kib);
	if (r->p->record && record_write(r->p->record, r->p, &res, &r->m,
	    &r->disk) < 0)
		die_sys(EX_CANTCREAT, "%s", r->p->record);
	return !code && (r->lost || r->output.failed) ? EX_IOERR : code;
}

int
watch(const struct watch_args *a)
{
	struct run r = { .a = a, .p = a->plan, .m = { .cg = a->cg,
	    .last = { UNKNOWN, UNKNOWN, UNKNOWN, UNKNOWN, UNKNOWN, UNKNOWN,
	    UNKNOWN } }, .disk = { UNKNOWN, UNKNOWN, UNKNOWN, UNKNOWN, UNKNOWN,
	    UNKNOWN } };

	if (prctl(PR_SET_CHILD_SUBREAPER, 1) < 0)
		die_sys(EX_OSERR, "become the subreaper");
	output_begin(&r.output, r.p, a->log);
	open_events(&r);
	look_at_disk(&r);
	start(&r);
	start_timers(&r);
	loop(&r);
	return finish(&r);
}
