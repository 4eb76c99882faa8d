#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "fetch/progress.h"
#include "fetch/queue.h"

#define TICK 250		/* milliseconds between looks at the clock */

struct run {
	struct item *v;
	size_t n, first;	/* first: all before it are done */
	struct item **busy;
	size_t nbusy;
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
host_full(const struct run *r, const struct item *it)
{
	size_t i, same = 0;

	for (i = 0; i < r->nbusy; i++)
		same += (size_t)same_host(r->busy[i], it);
	return same >= r->opts->per_host;
}

/* Starts what may start now.  Returns the milliseconds to the next item that
 * waits for its time. */
static uint64_t
start_ready(struct run *r)
{
	uint64_t now = item_clock(), wait = 1000;
	struct item *it, *end = r->v + r->n;

	while (r->first < r->n && r->v[r->first].state == ITEM_DONE)
		r->first++;
	for (it = r->v + r->first; it < end && r->nbusy < r->opts->jobs; it++) {
		if (it->state != ITEM_WAITING)
			continue;
		if (it->when <= now && host_full(r, it))
			continue;
		if (it->when <= now)
			item_start(it);
		if (it->state == ITEM_BUSY)
			r->busy[r->nbusy++] = it;
		else if (it->state == ITEM_DONE || it->when <= now)
			wait = 0;
		else if (it->when - now < wait)
			wait = it->when - now;
	}
	return wait;
}

/* Takes out of busy what is busy no more.  Returns how many these were. */
static size_t
reap(struct run *r)
{
	size_t i, kept = 0, gone;

	for (i = 0; i < r->nbusy; i++)
		if (r->busy[i]->state == ITEM_BUSY)
			r->busy[kept++] = r->busy[i];
	gone = r->nbusy - kept;
	r->nbusy = kept;
	return gone;
}

/* One of ours may have held the lock that these wait for. */
static void
wake_locked_out(struct run *r)
{
	size_t i;

	for (i = r->first; i < r->n; i++)
		if (r->v[i].locked_out)
			r->v[i].when = 0;
}

static int
run_loop(struct run *r)
{
	uint64_t wait = 0, wake = 0, now;

	for (;;) {
		now = item_clock();
		if (now >= wake) {
			wait = start_ready(r);
			wake = now + wait;
		}
		if (r->first == r->n)
			return 0;
		now = item_clock();
		wait = wake > now ? wake - now : 0;
		if (net_wait(wait < TICK ? (int)wait : TICK) < 0)
			return -1;
		if (reap(r)) {
			wake_locked_out(r);
			wake = 0;
		}
		progress_show();
	}
}

int
run_items(struct item *v, size_t n, const struct fetch_opts *opts,
    const struct net_opts *net)
{
	struct run r = { .v = v, .n = n, .opts = opts };
	int bad = 0;

	progress_begin(n);
	for (; r.first < n; r.first++)
		item_look(&v[r.first]);
	for (r.first = 0; r.first < n && v[r.first].state == ITEM_DONE; )
		r.first++;
	if (r.first == n)
		return 0;
	r.busy = calloc(opts->jobs, sizeof(struct item *));
	if (!r.busy || net_init(net) < 0 || run_loop(&r) < 0)
		bad = -1;
	free(r.busy);
	return bad;
}
