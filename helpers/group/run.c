#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "err.h"
#include "group/run.h"
#include "human.h"

enum {
	GRACE_S = 20,		/* for builds that were told to end, before the kill */
};

void
run_clock(struct run *r)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	r->now = (uint64_t)t.tv_sec * SECOND + (uint64_t)t.tv_nsec / 1000;
}

void
run_say(struct run *r, const char *unit, const char *fmt, ...)
{
	char text[256 + UNIT_NAME];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	console_say(r->c, "[%" PRIu32 "/%" PRIu32 "] %s%s%s", group_ended(r->g), r->g->graph.n,
	    unit ? unit : "", unit ? ": " : "", text);
}

void
run_missed(struct run *r)
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

void
run_cancel(struct run *r)
{
	uint32_t i;

	r->stopping = 1;
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
	run_cancel(r);
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
		run_say(r, unit, "begins");
	if (member_start(m, r->g, r->a->prog, r->nofile) == 0)
		return 0;
	/* Nothing is wrong with the unit: it is as if it had not begun. */
	run_say(r, unit, "cannot be started: %s", strerror(errno));
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
		run_clock(r);
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

void
run_start(struct run *r)
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
		run_missed(r);
		run_say(r, group_unit(g, u), "skipped, since %s was not built",
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

void
run_end(struct run *r, uint32_t i)
{
	struct member *m = r->member[i];
	const char *unit = group_unit(r->g, m->unit);
	char *out = group_run(unit, "/out"), *err = group_run(unit, "/err"), took[HUMAN_MAX];
	enum state state;
	int code = 137;

	if (member_end(m, r->g, &code) < 0)
		give_up(r, m->run);
	run_clock(r);
	human_age(took, (int64_t)((r->now - m->began) / SECOND));
	state = state_after(r, m, code);
	if (journal_event(r->j, m->unit, state) < 0) {
		give_up(r, "events");
		sched_set(&r->g->sched, m->unit, state);
	}
	link_log(r->g, unit);
	if (state == FAILED) {
		run_missed(r);
		r->stopping |= r->a->fail_fast;
	}
	console_copy(r->c, r->g->dir, out, err);
	if (state == WAITING)
		run_say(r, unit, "ended");
	else
		run_say(r, unit, state == DONE ? "built, %s" : "failed, %s", took);
	free(out);
	free(err);
	remove_member(r, i);
}

void
run_interrupt(struct run *r)
{
	uint32_t i;

	if (!r->interrupted++) {
		if (!r->full)
			r->code = 130;
		r->stopping = 1;
		if (r->members)
			run_say(r, NULL, "interrupted: what runs is finished; Ctrl-C again ends it");
		return;
	}
	for (i = 0; i < r->members; i++)
		r->member[i]->cancelled = 1;
	signal_all(r, SIGINT);
}

void
run_kill(struct run *r)
{
	run_say(r, NULL, "what was told to end is killed");
	signal_all(r, SIGKILL);
	r->kills++;
	r->kill_at = r->now + GRACE_S * SECOND;
}
