#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "err.h"
#include "place/place.h"
#include "http/http.h"
#include "http/wait.h"

enum { PAUSE_MS = 300, SOON_MS = 2000, LONGEST_S = 45, GONE = 2 };

/* What is remembered of an attempt from one look to the next.  All of it can be lost: what
 * counts is at the server and at Slurm. */
struct past {
	int64_t task, n;
	int missed;		/* looks in a row that did not find its job */
	int64_t unwanted;	/* since when nobody wants its job, in ms; 0: it is wanted */
	int64_t cancelled;	/* when Slurm was told to end it, in ms */
	int64_t next;		/* not given to Slurm again before */
	struct backoff b;
	char said[PLACE_LINE];	/* of it to the server */
	int seen;		/* in this look */
};

struct loop {
	struct place *p;
	struct wants wants;
	struct jobs jobs;
	int complete;		/* wants has all */
	int64_t version, look;	/* when to look again, in ms */
	VEC(struct past) pasts;
	struct backoff b;
	char told[PLACE_LINE];	/* last, on stderr */
	int stop;		/* the code to end with */
};

static void
tell(struct loop *l, const char *who, const char *why)
{
	if (strcmp(l->told, why))
		warn_msg("%s: %s", who, why);
	snprintf(l->told, sizeof(l->told), "%.499s", why);
}

static void
sooner(struct loop *l, int64_t ms)
{
	if (wait_now() + ms < l->look)
		l->look = wait_now() + ms;
}

static struct past *
past_of(struct loop *l, int64_t task, int64_t n)
{
	struct past new = { .task = task, .n = n };
	size_t i;

	for (i = 0; i < l->pasts.len; i++)
		if (l->pasts.at[i].task == task && l->pasts.at[i].n == n)
			break;
	if (i == l->pasts.len && vec_push(&l->pasts, new) < 0)
		die_sys(EX_OSERR, "memory");
	l->pasts.at[i].seen = 1;
	return &l->pasts.at[i];
}

static const struct job *
job_of(const struct loop *l, int64_t task, int64_t n)
{
	size_t i;

	for (i = 0; i < l->jobs.len; i++)
		if (l->jobs.at[i].task == task && l->jobs.at[i].n == n)
			return &l->jobs.at[i];
	return NULL;
}

static int
is_wanted(const struct loop *l, const struct job *j)
{
	size_t i;

	for (i = 0; i < l->wants.len; i++)
		if (l->wants.at[i].task == j->task && l->wants.at[i].n == j->n)
			return 1;
	return 0;
}

/* --- the server */

/* What is wanted.  Returns 0, or -1 when it is not known. */
static int
ask(struct loop *l, int64_t wait)
{
	char url[4096];
	struct http_ask q = { .method = "GET", .url = url, .bearer = l->p->token, .fd = -1,
	    .wait = (long)wait };
	struct http_answer a;
	int r = -1;

	want_free(&l->wants);
	snprintf(url, sizeof(url), "%.3000s/place?wait=%" PRId64 "&version=%" PRId64, l->p->url, wait,
	    l->version);
	http_do(&q, &a);
	if (a.status == 200) {
		r = want_read(&a.body, &l->wants, &l->version, &l->complete);
		if (r < 0)
			tell(l, l->p->url, "the server sent what is no list of tasks");
	} else if (!wait_stopped()) {
		tell(l, l->p->url, a.why);
		if (!http_passes(&a))
			l->stop = http_code(&a);
	}
	if (r == 0)
		l->b.tries = 0;
	else if (!l->stop)
		wait_ms(backoff_ms(&l->b, a.after));
	http_free(&a);
	return r;
}

/* Says something of the attempt: members of JSON, each as a pair.  The same is said once. */
static void
say(struct loop *l, struct past *was, const char *job, const char *key, const char *text)
{
	char url[4096], now[PLACE_LINE];
	struct buf body = { 0 };
	struct http_ask q = { .method = "PUT", .url = url, .bearer = l->p->token,
	    .type = "application/json", .fd = -1 };
	struct http_answer a;

	snprintf(now, sizeof(now), "%.30s %.60s %.350s", key, job ? job : "", text);
	if (!strcmp(now, was->said))
		return;
	snprintf(url, sizeof(url), "%.3000s/place/%" PRId64 ".%" PRId64, l->p->url, was->task, was->n);
	if (buf_putc(&body, '{') < 0 || (job && (buf_puts(&body, "\"job\":") < 0 ||
	    buf_json(&body, job) < 0 || buf_putc(&body, ',') < 0)) ||
	    buf_printf(&body, "\"%s\":", key) < 0 || buf_json(&body, text) < 0 ||
	    buf_putc(&body, '}') < 0)
		die_sys(EX_OSERR, "memory");
	q.text = body.s;
	q.len = body.len;
	http_do(&q, &a);
	/* 410: it is over, and that is in the next list. */
	if (a.status == 204 || a.status == 410)
		snprintf(was->said, sizeof(was->said), "%s", now);
	else if (!wait_stopped())
		tell(l, l->p->url, a.why);
	http_free(&a);
	buf_free(&body);
}

static void
gone(struct loop *l, struct past *was, const struct want *w)
{
	char text[200];

	if (++was->missed < GONE) {
		sooner(l, SOON_MS);
		return;
	}
	snprintf(text, sizeof(text), w->running ? "Slurm's job %s is gone, and there is no result" :
	    "Slurm's job %s is gone, and no worker asked for the attempt", w->job);
	warn_msg("%" PRId64 ".%" PRId64 ": %s", w->task, w->n, text);
	say(l, was, NULL, "gone", text);
	was->missed = 0;
}

/* --- Slurm */

static void
submit(struct loop *l, struct past *was, const struct want *w)
{
	char id[64], why[PLACE_LINE] = "";

	if (slurm_submit(l->p, w, id, why) == 0) {
		note("%" PRId64 ".%" PRId64 ": job %s", w->task, w->n, id);
		was->b.tries = 0;
		was->next = wait_now() + SOON_MS;	/* until the server has its number */
		say(l, was, id, "why", "is placed");
		sooner(l, SOON_MS);
	} else if (!wait_stopped()) {
		warn_msg("%" PRId64 ".%" PRId64 ": %s", w->task, w->n, why);
		was->next = wait_now() + backoff_ms(&was->b, 0);
		say(l, was, NULL, "why", why);
		sooner(l, was->next - wait_now());
	}
}

static void
end(struct loop *l, struct past *was, const struct job *j)
{
	char why[PLACE_LINE] = "";

	if (was->cancelled && wait_now() < was->cancelled + l->p->grace * 1000) {
		sooner(l, was->cancelled + l->p->grace * 1000 - wait_now());
		return;
	}
	note("job %s of %" PRId64 ".%" PRId64 " is ended", j->id, j->task, j->n);
	was->cancelled = wait_now();
	if (slurm_cancel(l->p, j, why) < 0)
		tell(l, "Slurm", why);
}

static void
placed(struct loop *l, struct past *was, const struct want *w, const struct job *j)
{
	char text[400];

	was->missed = 0;
	if (w->running && w->cancel_s >= l->p->grace)
		end(l, was, j);
	else if (w->running && w->cancel_s >= 0)
		sooner(l, (l->p->grace - w->cancel_s) * 1000 + PAUSE_MS);
	if (w->running && *w->job)
		return;
	if (!strcmp(j->state, "PENDING"))
		snprintf(text, sizeof(text), "waits: %s", j->reason);
	else
		snprintf(text, sizeof(text), "%s on %s", j->state, j->nodes);
	say(l, was, j->id, "why", text);
}

/* One that the server wants. */
static void
want_one(struct loop *l, const struct want *w, int64_t *room)
{
	struct past *was = past_of(l, w->task, w->n);
	const struct job *j = job_of(l, w->task, w->n);

	was->unwanted = 0;
	if (j) {
		placed(l, was, w, j);
	} else if (*w->job) {
		gone(l, was, w);
	} else if (w->running) {
		;	/* somebody who is not Slurm has it */
	} else if (w->wait_s > 0) {
		sooner(l, w->wait_s * 1000);
	} else if (was->next > wait_now()) {
		sooner(l, was->next - wait_now());
	} else if (*room > 0) {
		--*room;
		submit(l, was, w);
	}
}

/* A job that nobody wants: cancelled, or its attempt is thought lost.  What runs may be at
 * its last words. */
static void
unwanted(struct loop *l, const struct job *j)
{
	struct past *was = past_of(l, j->task, j->n);
	int64_t wait = strcmp(j->state, "PENDING") ? l->p->grace * 1000 : SOON_MS;

	if (!was->unwanted)
		was->unwanted = wait_now();
	if (wait_now() >= was->unwanted + wait)
		end(l, was, j);
	else
		sooner(l, was->unwanted + wait - wait_now());
}

/* Without Slurm nothing is known of it, and so nothing is done. */
static void
silent(struct loop *l, const char *why)
{
	size_t i;

	tell(l, "Slurm", why);
	for (i = 0; i < l->wants.len; i++)
		if (!l->wants.at[i].running)
			say(l, past_of(l, l->wants.at[i].task, l->wants.at[i].n),
			    *l->wants.at[i].job ? l->wants.at[i].job : NULL, "why", why);
	l->look = wait_now() + SOON_MS * 2;
}

static void
forget(struct loop *l)
{
	size_t i = 0;

	while (i < l->pasts.len)
		if (l->pasts.at[i].seen)
			l->pasts.at[i++].seen = 0;
		else
			l->pasts.at[i] = l->pasts.at[--l->pasts.len];
}

/* The list of the server is older than that of Slurm: a job that ended well between the
 * two is not yet known to have, and is missed once. */
static void
look(struct loop *l)
{
	char why[PLACE_LINE] = "";
	int64_t room;
	size_t i;

	l->look = wait_now() + l->p->poll * 1000;
	l->jobs.len = 0;
	if (slurm_jobs(l->p, &l->jobs, why) < 0) {
		if (!wait_stopped())
			silent(l, why);
		forget(l);
		return;
	}
	*l->told = '\0';
	room = l->p->jobs - (int64_t)l->jobs.len;
	for (i = 0; i < l->wants.len && !wait_stopped(); i++)
		want_one(l, &l->wants.at[i], &room);
	for (i = 0; i < l->jobs.len && l->complete && !wait_stopped(); i++)
		if (!is_wanted(l, &l->jobs.at[i]))
			unwanted(l, &l->jobs.at[i]);
	forget(l);
}

/* Whether something is to be done that was not at the last look. */
static int
is_new(const struct loop *l)
{
	size_t i, j;

	for (i = 0; i < l->wants.len; i++) {
		for (j = 0; j < l->pasts.len; j++)
			if (l->pasts.at[j].task == l->wants.at[i].task && l->pasts.at[j].n == l->wants.at[i].n)
				break;
		if (j == l->pasts.len || (l->wants.at[i].cancel_s >= 0 && !l->pasts.at[j].cancelled))
			return 1;
	}
	/* One that is over has a job perhaps. */
	return l->pasts.len > l->wants.len;
}

int
place_run(struct place *p)
{
	struct loop l = { .p = p, .version = 0 };
	int64_t wait = 0;

	while (!wait_stopped() && !l.stop) {
		if (ask(&l, wait) < 0)
			continue;
		if (wait_now() >= l.look || is_new(&l))
			look(&l);
		wait = (l.look - wait_now()) / 1000;
		wait = wait > LONGEST_S ? LONGEST_S : wait < 0 ? 0 : wait;
		wait_ms(wait ? PAUSE_MS : l.look - wait_now() < PAUSE_MS ? PAUSE_MS : l.look - wait_now());
	}
	want_free(&l.wants);
	vec_free(&l.jobs);
	vec_free(&l.pasts);
	return wait_stopped() ? 0 : l.stop;
}
