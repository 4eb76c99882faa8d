#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

#include "err.h"
#include "group/board.h"
#include "group/supervise.h"
#include "human.h"

#define SECOND 1000000ULL
#define NEVER UINT64_MAX

enum {
	GRACE_S = 20,		/* for builds that were told to end, before the kill */
};

enum { FD_SIGNAL, FD_TIMER, FD_TOKENS, FD_OUT, FD_ERR, FD_MEMBERS };

struct run {
	struct journal *j;
	struct group *g;
	struct console *c;
	const struct supervise_args *a;
	struct jobserver tokens;
	struct member **member;	/* those that run, as they began */
	uint32_t members;
	struct pollfd *fd;	/* FD_MEMBERS fixed ones, then one of each member */
	rlim_t nofile;		/* limit of descriptors that members get */

	int code;		/* what we end with */
	int stopping;		/* nothing new begins */
	int full;		/* something could not be written */
	int interrupted, cancelled;
	uint64_t now;		/* microseconds, of the monotonic clock */
	uint64_t draw_at, kill_at;	/* NEVER: not at all */
};

int
supervise_signals(void)
{
	static const int all[] = { SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGWINCH };
	struct sigaction is;
	sigset_t set;
	size_t i;

	sigemptyset(&set);
	for (i = 0; i < sizeof(all) / sizeof(*all); i++)
		if (sigaction(all[i], NULL, &is) == 0 && is.sa_handler != SIG_IGN)
			sigaddset(&set, all[i]);
	signal(SIGPIPE, SIG_IGN);	/* a write says so as well */
	signal(SIGCHLD, SIG_DFL);	/* else nobody could tell how a build ended */
	if (sigprocmask(SIG_BLOCK, &set, NULL) < 0)
		return -1;
	return signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC);
}

static void
look_at_clock(struct run *r)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	r->now = (uint64_t)t.tv_sec * SECOND + (uint64_t)t.tv_nsec / 1000;
}

/* "[ENDED/TOTAL] UNIT: TEXT", for people. */
static void __attribute__((format(printf, 3, 4)))
say(struct run *r, const char *unit, const char *fmt, ...)
{
	char text[256 + UNIT_NAME];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	console_say(r->c, "[%" PRIu32 "/%" PRIu32 "] %s%s%s", group_ended(r->g), r->g->graph.n,
	    unit ? unit : "", unit ? ": " : "", text);
}

/* Something was not built; that we were interrupted says more. */
static void
missed(struct run *r)
{
	if (!r->code)
		r->code = EX_NO;
}

static void
signal_all(struct run *r, int sig)
{
	uint32_t i;

	for (i = 0; i < r->members; i++)
		member_signal(r->member[i], sig);
}

/* Ends what runs, and kills what has not ended after a while. */
static void
cancel(struct run *r)
{
	uint32_t i;

	r->stopping = r->cancelled = 1;
	for (i = 0; i < r->members; i++)
		r->member[i]->cancelled = 1;
	signal_all(r, SIGTERM);
	signal_all(r, SIGCONT);		/* a stopped one cannot obey */
	if (r->kill_at == NEVER)
		r->kill_at = r->now + GRACE_S * SECOND;
}

/* There may be no room for what has to be written down: said once. */
static void
give_up(struct run *r, const char *path)
{
	int err = errno;

	if (r->full)
		return;
	r->full = 1;
	r->code = EX_IOERR;
	console_say(r->c, "group %s: %s/%s cannot be written: %s; \"aoinb resume\" goes on",
	    r->g->id, r->g->path, path, strerror(err));
	cancel(r);
}

static void
remove_member(struct run *r, uint32_t i)
{
	struct member *m = r->member[i];
	char *fifo;

	jobserver_leave(&r->tokens, &m->tokens);
	if (asprintf(&fifo, "%s/jobserver", m->run) >= 0) {
		unlinkat(r->g->dir, fifo, 0);
		free(fifo);
	}
	member_free(m);
	memmove(&r->member[i], &r->member[i + 1],
	    (--r->members - i) * sizeof(*r->member));
}

/* The FIFO and the event of a member whose folder is there, and its program. */
static int
begin(struct run *r, struct member *m, char **path)
{
	const char *unit = group_unit(r->g, m->unit);

	free(*path);
	*path = group_run(unit, "/jobserver");
	if (jobserver_join(&r->tokens, &m->tokens, r->g->dir, *path, r->now) < 0)
		return -1;
	free(*path);
	*path = strdup("events");
	if (!*path || journal_event(r->j, m->unit, RUNNING) < 0)
		return -1;
	if (!r->c->board)
		say(r, unit, "begins");
	if (member_start(m, r->g, r->a->prog, r->nofile) == 0)
		return 0;
	/* Nothing is wrong with the unit: it is as if it had not begun. */
	say(r, unit, "cannot be started: %s", strerror(errno));
	r->stopping = 1;
	r->code = EX_OSERR;
	return journal_event(r->j, m->unit, WAITING);
}

static void
start(struct run *r, uint32_t u)
{
	uint64_t slots = r->g->sched.slots;
	struct member *m;
	char *path;
	int bad = 1;

	sched_set(&r->g->sched, u, WAITING);	/* until that is written down */
	m = member_new(r->g, u, (r->a->jobs + slots - 1) / slots, &path);
	if (m) {
		look_at_clock(r);
		m->began = r->now;
		r->member[r->members++] = m;
		bad = begin(r, m, &path) < 0;
		if (bad || m->pidfd < 0)
			remove_member(r, r->members - 1);
	}
	if (bad)
		give_up(r, path);
	free(path);
}

/* Starts what may start, and skips what never can. */
static void
start_all(struct run *r)
{
	struct group *g = r->g;
	uint32_t u, because, at = 0;

	while (!r->stopping && (u = sched_start(&g->sched)) != SCHED_NONE)
		start(r, u);
	while (!r->stopping && (u = sched_skip(&g->sched, &at, &because)) != SCHED_NONE) {
		if (journal_skip(r->j, u, because) < 0) {
			give_up(r, "events");
			return;
		}
		missed(r);
		say(r, group_unit(g, u), "skipped, since %s was not built",
		    group_unit(g, because));
	}
}

/* The log of a package, by its name. */
static void
link_log(const struct group *g, const char *unit)
{
	char *job = member_job(g, unit), *to = NULL, *name = NULL, *run;

	if (!job)
		return;
	run = group_run(unit, "");
	if (asprintf(&to, "../../../jobs/%s/log", job) >= 0 &&
	    asprintf(&name, "log/%s.log", strrchr(run, '/') + 1) >= 0) {
		unlinkat(g->dir, name, 0);
		if (symlinkat(to, g->dir, name) < 0)
			note("%s: %s", name, strerror(errno));
	}
	free(job);
	free(run);
	free(to);
	free(name);
}

/* What a build's end means. */
static enum state
state_after(const struct run *r, const struct member *m, int code)
{
	if (!code)
		return DONE;
	/* Of itself no build ends like that. */
	if ((code == 130 && r->stopping) || (code > 128 && m->cancelled))
		return WAITING;
	return FAILED;
}

static void
end(struct run *r, uint32_t i)
{
	struct member *m = r->member[i];
	const char *unit = group_unit(r->g, m->unit);
	char *out = group_run(unit, "/out"), *err = group_run(unit, "/err"), took[HUMAN_MAX];
	enum state state;
	int code = 137;

	if (member_end(m, r->g, &code) < 0)
		give_up(r, m->run);
	look_at_clock(r);
	human_age(took, (int64_t)((r->now - m->began) / SECOND));
	state = state_after(r, m, code);
	if (journal_event(r->j, m->unit, state) < 0) {
		give_up(r, "events");
		sched_set(&r->g->sched, m->unit, state);
	}
	link_log(r->g, unit);
	if (state == FAILED) {
		missed(r);
		r->stopping |= r->a->fail_fast;
	}
	console_copy(r->c, r->g->dir, out, err);
	if (state == WAITING)
		say(r, unit, "ended");
	else
		say(r, unit, state == DONE ? "built, %s" : "failed, %s", took);
	free(out);
	free(err);
	remove_member(r, i);
}

/* Ctrl-C: what runs is finished; once more, and it is ended. */
static void
interrupt(struct run *r)
{
	uint32_t i;

	if (!r->interrupted++) {
		if (!r->full)
			r->code = 130;
		r->stopping = 1;
		if (r->members)
			say(r, NULL, "interrupted: what runs is finished; Ctrl-C again ends it");
		return;
	}
	for (i = 0; i < r->members; i++)
		r->member[i]->cancelled = 1;
	signal_all(r, SIGINT);
}

static void
take_signals(struct run *r)
{
	struct signalfd_siginfo si;

	while (read(r->fd[FD_SIGNAL].fd, &si, sizeof(si)) == (ssize_t)sizeof(si)) {
		switch (si.ssi_signo) {
		case SIGWINCH:
			r->draw_at = r->now;
			break;
		case SIGINT:
			interrupt(r);
			break;
		default:
			if (!r->full)
				r->code = 128 + (int)si.ssi_signo;
			cancel(r);
		}
	}
}

static void
draw(struct run *r)
{
	struct winsize size = { 0 };
	struct buf b = { 0 };
	unsigned rows;

	if (ioctl(STDERR_FILENO, TIOCGWINSZ, &size) < 0 || size.ws_row < 3)
		size.ws_row = 24;
	if (!size.ws_col)
		size.ws_col = 80;
	rows = board_lines(&b, r->g, r->member, r->members, r->now, size.ws_row,
	    size.ws_col);
	if (rows)
		console_draw(r->c, &b, rows);
	buf_free(&b);
	r->draw_at = r->now + SECOND;
}

/* Whatever has come due. */
static void
tick(struct run *r)
{
	if (r->now >= r->tokens.due)
		jobserver_balance(&r->tokens, r->now);
	if (r->now < r->kill_at)
		return;
	say(r, NULL, "what was told to end is killed");
	signal_all(r, SIGKILL);
	r->kill_at = r->now + GRACE_S * SECOND;
}

/* Sets the timer to what comes due first. */
static void
set_timer(const struct run *r, uint64_t tokens_at)
{
	uint64_t at = r->kill_at;
	struct itimerspec t = { 0 };

	if (r->c->board && r->draw_at < at)
		at = r->draw_at;
	if (r->tokens.due < at)
		at = r->tokens.due;
	if (tokens_at < at)
		at = tokens_at;
	if (at != NEVER) {
		t.it_value.tv_sec = (time_t)(at / SECOND);
		t.it_value.tv_nsec = (long)(at % SECOND) * 1000 + 1;
	}
	timerfd_settime(r->fd[FD_TIMER].fd, TFD_TIMER_ABSTIME, &t, NULL);
}

/* Waits until something happens; fd says what. */
static void
wait_for_any(struct run *r)
{
	uint64_t ready = jobserver_ready(&r->tokens), times;
	int tokens = r->now >= ready;
	uint32_t i;

	r->fd[FD_TOKENS].fd = tokens ? r->tokens.inotify : -1;
	r->fd[FD_OUT].fd = stream_waits(&r->c->out) ? r->c->out.fd : -1;
	r->fd[FD_ERR].fd = stream_waits(&r->c->err) ? r->c->err.fd : -1;
	for (i = 0; i < r->members; i++)
		r->fd[FD_MEMBERS + i] = (struct pollfd){ r->member[i]->pidfd, POLLIN, 0 };
	set_timer(r, tokens || !r->members ? NEVER : ready);
	while (poll(r->fd, FD_MEMBERS + r->members, -1) < 0)
		if (errno != EINTR && errno != EAGAIN)
			die_sys(EX_OSERR, "poll");
	if (r->fd[FD_TIMER].revents &&
	    read(r->fd[FD_TIMER].fd, &times, sizeof(times)) < 0 && errno != EAGAIN)
		die_sys(EX_OSERR, "timer");
	look_at_clock(r);
}

static void
wait_once(struct run *r)
{
	uint32_t i;

	wait_for_any(r);
	for (i = r->members; i-- > 0; )
		if (r->fd[FD_MEMBERS + i].revents)
			end(r, i);
	if (r->fd[FD_SIGNAL].revents)
		take_signals(r);
	if (r->fd[FD_TOKENS].revents)
		jobserver_balance(&r->tokens, r->now);
	console_flush(r->c);
	tick(r);
}

/* Each build takes two descriptors. */
static void
raise_limit(struct run *r)
{
	struct rlimit limit;

	r->nofile = RLIM_INFINITY;
	if (getrlimit(RLIMIT_NOFILE, &limit) < 0)
		return;
	r->nofile = limit.rlim_cur;
	limit.rlim_cur = limit.rlim_max;
	setrlimit(RLIMIT_NOFILE, &limit);
}

static void
prepare(struct run *r, int signals)
{
	size_t slots = r->g->sched.slots, i;

	r->member = calloc(slots, sizeof(*r->member));
	r->fd = calloc(FD_MEMBERS + slots, sizeof(*r->fd));
	if (!r->member || !r->fd)
		die_sys(EX_OSERR, "members");
	r->fd[FD_SIGNAL].fd = signals;
	r->fd[FD_TIMER].fd = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC);
	if (r->fd[FD_TIMER].fd < 0)
		die_sys(EX_OSERR, "timer");
	for (i = 0; i < FD_MEMBERS; i++)
		r->fd[i].events = i == FD_OUT || i == FD_ERR ? POLLOUT : POLLIN;
	raise_limit(r);
	jobserver_begin(&r->tokens, r->a->jobs, (uint32_t)slots);
	look_at_clock(r);
	r->draw_at = r->now + SECOND;
	for (i = 0; i < r->g->rows; i++)
		if (!strcmp(r->g->row[i].field[ROW_STATE], "unmet"))
			missed(r);
}

int
supervise(struct journal *j, struct console *c, const struct supervise_args *a,
    int signals, int *stopped)
{
	struct run r = { .j = j, .g = j->g, .c = c, .a = a, .kill_at = NEVER };

	prepare(&r, signals);
	for (;;) {
		take_signals(&r);
		start_all(&r);
		if (!r.members)
			break;
		if (c->board && (r.now >= r.draw_at || !c->drawn))
			draw(&r);
		wait_once(&r);
	}
	jobserver_end(&r.tokens);
	close(r.fd[FD_TIMER].fd);
	free(r.member);
	free(r.fd);
	*stopped = r.stopping;
	return r.code;
}
