#include <stdlib.h>

#include "order/cycle.h"
#include "order/arrange.h"

/* Edges looked at for the sake of keeping one more, at most.  A whole package
 * tree takes a thirtieth of it; past it, in a graph made to be slow, edges are
 * given up that might have stayed. */
#define PATIENCE (1ULL << 24)

struct breaker {
	struct graph *g;
	struct knots k;
	struct place p;
	int loose;		/* kind of edge that can be given up */
	uint32_t *seen, round;	/* by unit: the last search that met it */
	uint32_t *todo;
};

/* Whether a unit is needed, over some way, by what it needs through edge e.  On
 * such a way every place is between theirs, so that nothing else is looked at. */
static int
closes(struct breaker *b, uint32_t e)
{
	const struct graph *g = b->g;
	uint32_t goal = g->from[e], least = b->p.pos[goal], n = 0, u, v;

	b->round++;
	for (b->todo[n++] = g->need[e]; n; ) {
		u = b->todo[--n];
		for (e = g->need_at[u]; e < g->need_at[u + 1]; e++) {
			v = g->need[e];
			b->p.looked++;
			if (!place_counts(&b->p, e) || b->p.pos[v] < least ||
			    b->seen[v] == b->round)
				continue;
			if (v == goal)
				return 1;
			b->seen[v] = b->round;
			b->todo[n++] = v;
		}
	}
	return 0;
}

static int
backwards(const struct breaker *b, uint32_t e)
{
	return b->p.pos[b->g->need[e]] > b->p.pos[b->g->from[e]];
}

/* Whether e, which is in this knot, can be given up and was. */
static int
is_pending(const struct breaker *b, uint32_t e)
{
	const struct graph *g = b->g;

	return g->kind[e] == (b->loose | EDGE_GONE) &&
	    b->k.of[g->from[e]] == b->k.of[g->need[e]];
}

/* Gives up every loose edge that points backwards in the row, then takes back
 * each that closes no cycle.  With the ones taken back the row is another. */
static void
untie(struct breaker *b, uint32_t knot)
{
	const uint32_t *m = b->k.member + b->k.at[knot];
	const uint32_t *end = m + knot_size(&b->k, knot), *u;
	struct graph *g = b->g;
	uint32_t e;

	place_knot(&b->p, knot, b->loose);
	for (u = m; u < end; u++)
		for (e = g->need_at[*u]; e < g->need_at[*u + 1]; e++)
			if (place_counts(&b->p, e) && backwards(b, e))
				g->kind[e] |= EDGE_GONE;
	for (u = m; u < end; u++)
		for (e = g->need_at[*u]; e < g->need_at[*u + 1]; e++)
			if (is_pending(b, e) && b->p.looked < PATIENCE &&
			    !closes(b, e)) {
				g->kind[e] = (uint8_t)b->loose;
				if (backwards(b, e))
					place_knot(&b->p, knot, 0);
			}
}

/* Unties the knots that edges of these kinds make. */
static int
untie_all(struct graph *g, int kinds, int loose)
{
	struct breaker b = { .g = g, .loose = loose };
	uint32_t knot;
	int got = -1;

	if (knots_find(&b.k, g, kinds) < 0)
		return -1;
	b.seen = calloc(2 * (size_t)g->n + 1, sizeof(*b.seen));
	if (b.seen && place_begin(&b.p, g, &b.k, kinds) == 0) {
		b.todo = b.seen + g->n;
		for (knot = 0; knot < b.k.n; knot++)
			if (knot_size(&b.k, knot) > 1)
				untie(&b, knot);
		place_end(&b.p);
		got = 0;
	}
	free(b.seen);
	knots_free(&b.k);
	return got;
}

int
cycle_break(struct graph *g)
{
	if (untie_all(g, EDGE_BUILD, EDGE_BUILD) < 0)
		return -1;
	return untie_all(g, EDGE_BOTH, EDGE_RUN);
}
