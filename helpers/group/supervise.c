#include <errno.h>
#include <poll.h>
#include <signal.h>
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
#include "group/run.h"

enum { FD_SIGNAL, FD_TIMER, FD_TOKENS, FD_OUT, FD_ERR, FD_MEMBERS };

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
take_signals(struct run *r)
{
	struct signalfd_siginfo si;

	while (read(r->fd[FD_SIGNAL].fd, &si, sizeof(si)) == (ssize_t)sizeof(si)) {
		switch (si.ssi_signo) {
		case SIGWINCH:
			r->draw_at = r->now;
			break;
		case SIGINT:
			run_interrupt(r);
			break;
		default:
			if (!r->full)
				r->code = 128 + (int)si.ssi_signo;
			run_cancel(r);
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
	if (r->now >= r->kill_at)
		run_kill(r);
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
	run_clock(r);
}

static void
wait_once(struct run *r)
{
	uint32_t i;

	wait_for_any(r);
	for (i = r->members; i-- > 0; )
		if (r->fd[FD_MEMBERS + i].revents)
			run_end(r, i);
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
	run_clock(r);
	r->draw_at = r->now + SECOND;
	for (i = 0; i < r->g->rows; i++)
		if (!strcmp(r->g->row[i].field[ROW_STATE], "unmet"))
			run_missed(r);
}

int
supervise(struct journal *j, struct console *c, const struct supervise_args *a,
    int signals, int *stopped)
{
	struct run r = { .j = j, .g = j->g, .c = c, .a = a, .kill_at = NEVER };

	prepare(&r, signals);
	for (;;) {
		take_signals(&r);
		run_start(&r);
		if (!r.members || r.kills == KILLS_MOST)
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
