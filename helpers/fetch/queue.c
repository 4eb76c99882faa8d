#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "fetch/attempt.h"
#include "fetch/clock.h"
#include "fetch/progress.h"
#include "fetch/queue.h"
#include "fetch/response.h"

#define TICK 250		/* milliseconds between looks at the clock */

struct queue {
	struct item *v;
	size_t n, first;	/* first: all before it are done */
	struct item **busy, **whole;	/* at most as many as run at once */
	size_t nbusy, nwhole;
	const struct fetch_opts *opts;
};

static int
same_host(const struct item *a, const struct item *b)
{
	size_t na, nb;
	const char *ha = source_host(a->places[a->at].url, &na);
	const char *hb = source_host(b->places[b->at].url, &nb);

	return na == nb && !strncasecmp(ha, hb, na);
}

static int
host_full(const struct queue *q, const struct item *it)
{
	size_t i, same = 0;

	for (i = 0; i < q->nbusy; i++)
		same += (size_t)same_host(q->busy[i], it);
	return same >= q->opts->per_host;
}

/* Starts what may start now.  Returns the milliseconds to the next item that
 * waits for its time. */
static uint64_t
start_ready(struct queue *q)
{
	uint64_t now = clock_ms(), wait = 1000;
	struct item *it, *end = q->v + q->n;

	while (q->first < q->n && q->v[q->first].state == ITEM_DONE)
		q->first++;
	for (it = q->v + q->first; it < end && q->nbusy < q->opts->jobs; it++) {
		if (it->state != ITEM_WAITING)
			continue;
		if (it->when <= now && host_full(q, it))
			continue;
		if (it->when <= now)
			attempt_start(it);
		if (it->state == ITEM_BUSY)
			q->busy[q->nbusy++] = it;
		else if (it->state == ITEM_DONE || it->when <= now)
			wait = 0;
		else if (it->when - now < wait)
			wait = it->when - now;
	}
	return wait;
}

/* Takes out of busy what is busy no more, and into whole what is to be verified.
 * Returns how many these were. */
static size_t
reap(struct queue *q)
{
	size_t i, kept = 0, gone;

	for (i = 0; i < q->nbusy; i++)
		if (q->busy[i]->state == ITEM_BUSY)
			q->busy[kept++] = q->busy[i];
		else if (q->busy[i]->state == ITEM_WHOLE)
			q->whole[q->nwhole++] = q->busy[i];
	gone = q->nbusy - kept;
	q->nbusy = kept;
	return gone;
}

/* Verifies and lands, while servers prepare what was asked for before. */
static int
land(struct queue *q)
{
	size_t i;

	if (net_send() < 0)
		return -1;
	for (i = 0; i < q->nwhole; i++)
		response_whole(q->whole[i]);
	q->nwhole = 0;
	return 0;
}

/* One of ours may have held the lock that these wait for. */
static void
wake_locked_out(struct queue *q)
{
	size_t i;

	for (i = q->first; i < q->n; i++)
		if (q->v[i].locked_out)
			q->v[i].when = 0;
}

static int
queue_loop(struct queue *q)
{
	uint64_t wait = 0, wake = 0, now;

	for (;;) {
		now = clock_ms();
		if (now >= wake) {
			wait = start_ready(q);
			wake = now + wait;
		}
		if (q->nwhole) {
			if (land(q) < 0)
				return -1;
			wake_locked_out(q);
			wake = 0;
			continue;
		}
		if (q->first == q->n)
			return 0;
		now = clock_ms();
		wait = wake > now ? wake - now : 0;
		if (net_wait(wait < TICK ? (int)wait : TICK) < 0)
			return -1;
		if (reap(q)) {
			wake_locked_out(q);
			wake = 0;
		}
		progress_show();
	}
}

size_t
queue_look(struct item *v, size_t n)
{
	size_t i, left = 0;

	progress_begin(n);
	for (i = 0; i < n; i++) {
		attempt_look(&v[i]);
		left += v[i].state != ITEM_DONE;
	}
	return left;
}

int
queue_run(struct item *v, size_t n, const struct fetch_opts *opts)
{
	struct queue q = { .v = v, .n = n, .opts = opts };
	int bad = 0;

	q.busy = calloc(opts->jobs, sizeof(struct item *));
	q.whole = calloc(opts->jobs, sizeof(struct item *));
	if (!q.busy || !q.whole || net_init(&opts->net) < 0 || queue_loop(&q) < 0)
		bad = -1;
	free(q.busy);
	free(q.whole);
	return bad;
}
