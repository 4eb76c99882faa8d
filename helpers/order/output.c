#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "order/output.h"

/* The builds in thought. */
struct simulation {
	struct sched *s;
	uint64_t now;		/* microseconds */
	uint64_t *start;	/* by unit */
	uint32_t *order, n;	/* units, as they were started */
	uint32_t *running, nrunning;
};

static uint64_t
end_of(const struct simulation *p, uint32_t u)
{
	return p->start[u] + p->s->g->unit[u].weight;
}

/* Goes on to the next end, and ends what ends there. */
static void
pass_time(struct simulation *p)
{
	uint64_t next = UINT64_MAX;
	uint32_t i, left = 0;

	for (i = 0; i < p->nrunning; i++)
		if (end_of(p, p->running[i]) < next)
			next = end_of(p, p->running[i]);
	p->now = next;
	for (i = 0; i < p->nrunning; i++)
		if (end_of(p, p->running[i]) == next)
			sched_set(p->s, p->running[i], DONE);
		else
			p->running[left++] = p->running[i];
	p->nrunning = left;
}

static void
simulate(struct simulation *p)
{
	uint32_t u;

	for (;;) {
		while ((u = sched_start(p->s)) != SCHED_NONE) {
			p->start[u] = p->now;
			p->order[p->n++] = u;
			p->running[p->nrunning++] = u;
		}
		if (!p->nrunning)
			return;
		pass_time(p);
	}
}

/* Seconds, with the decimals that there are, and a tab. */
static int
put_seconds(struct buf *out, uint64_t us)
{
	uint64_t part = us % 1000000;
	int digits = 6;

	if (!part)
		return buf_printf(out, "%" PRIu64 "\t", us / 1000000);
	for (; part % 10 == 0; part /= 10)
		digits--;
	return buf_printf(out, "%" PRIu64 ".%0*" PRIu64 "\t", us / 1000000, digits,
	    part);
}

/* A name among others: its blanks are written \s. */
static int
put_word(struct buf *out, const char *s)
{
	size_t n = strcspn(s, " ");
	int bad = buf_put(out, s, n);

	for (s += n; *s && !bad; s += n) {
		n = 1 + strcspn(s + 1, " ");
		bad = buf_puts(out, "\\s") | buf_put(out, s + 1, n - 1);
	}
	return bad;
}

static int
put_waits(struct buf *out, const struct graph *g, uint32_t u)
{
	uint32_t e, n = 0;
	int bad = 0;

	for (e = g->need_at[u]; e < g->need_at[u + 1]; e++)
		if (edge_is(g, e, EDGE_BOTH)) {
			if (n++)
				bad |= buf_putc(out, ' ');
			bad |= put_word(out, g->unit[g->need[e]].name);
		}
	return bad | buf_puts(out, n ? "\n" : "-\n");
}

static int
put_unit(struct buf *out, const struct simulation *p, uint32_t pos)
{
	const struct sched *s = p->s;
	uint32_t u = p->order[pos];
	int bad;

	bad = buf_printf(out, "unit\t%" PRIu32 "\t%" PRIu32 "\t%s\t", pos + 1,
	    s->level[u], s->g->unit[u].name);
	bad |= put_seconds(out, s->g->unit[u].weight);
	bad |= put_seconds(out, s->path[u]);
	bad |= put_seconds(out, p->start[u]);
	bad |= put_seconds(out, end_of(p, u));
	return bad | put_waits(out, s->g, u);
}

int
order_units(struct buf *out, struct sched *s)
{
	size_t n = s->g->n + (size_t)1;
	struct simulation p = { .s = s, .start = malloc(n * sizeof(*p.start)),
	    .order = malloc(2 * n * sizeof(*p.order)) };
	int bad = !p.start || !p.order ? -1 : 0;
	uint32_t i;

	if (!bad) {
		p.running = p.order + n;
		simulate(&p);
	}
	for (i = 0; i < p.n && !bad; i++)
		bad = put_unit(out, &p, i);
	free(p.start);
	free(p.order);
	return bad;
}

int
order_broken(struct buf *out, const struct graph *g, const struct sccs *k)
{
	uint32_t e;
	int bad = 0;

	for (e = 0; e < g->edges; e++)
		if (g->kind[e] & EDGE_GONE)
			bad |= buf_printf(out, "broken\t%s\t%s\t%s\t%" PRIu32 "\n",
			    g->unit[g->from[e]].name, g->unit[g->need[e]].name,
			    g->kind[e] & EDGE_BUILD ? "build" : "run",
			    scc_size(k, k->of[g->from[e]]));
	return bad;
}

int
order_next(struct buf *out, struct sched *s)
{
	const struct unit *unit = s->g->unit;
	uint32_t u, because, at = 0;
	int bad = 0;

	while ((u = sched_start(s)) != SCHED_NONE)
		bad |= buf_printf(out, "start\t%s\n", unit[u].name);
	while ((u = sched_skip(s, &at, &because)) != SCHED_NONE)
		bad |= buf_printf(out, "skip\t%s\t%s\n", unit[u].name,
		    unit[because].name);
	return bad | buf_printf(out, "left\t%" PRIu32 "\t%" PRIu32 "\t%" PRIu32
	    "\t%" PRIu32 "\t%" PRIu32 "\n", s->count[WAITING], s->count[RUNNING],
	    s->count[DONE], s->count[FAILED], s->count[SKIPPED]);
}
