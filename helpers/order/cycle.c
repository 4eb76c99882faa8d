#include <stdlib.h>

#include "order/cycle.h"
#include "order/arrange.h"

/* Edges looked at for the sake of keeping one more, at most.  A whole package
 * tree takes a thirtieth of it; past it, in a graph made to be slow, edges are
 * given up that might have stayed. */
#define PATIENCE (1ULL << 24)

struct breaker {
	struct graph *g;
	struct sccs sccs;
	struct arrangement row;
	int loose;		/* kind of edge that can be given up */
	uint32_t *seen, round;	/* by unit: the last search that met it */
	uint32_t *todo;
};

/* Whether a unit is needed, over some way, by what it needs through edge e.  On
 * such a way every place is between theirs, so that nothing else is looked at. */
static int
closes_cycle(struct breaker *b, uint32_t e)
{
	const struct graph *g = b->g;
	uint32_t goal = g->from[e], least = b->row.pos[goal], n = 0, u, v;

	b->round++;
	for (b->todo[n++] = g->need[e]; n; ) {
		u = b->todo[--n];
		for (e = g->need_at[u]; e < g->need_at[u + 1]; e++) {
			v = g->need[e];
			b->row.looked++;
			if (!arrange_counts(&b->row, e) || b->row.pos[v] < least ||
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
	return b->row.pos[b->g->need[e]] > b->row.pos[b->g->from[e]];
}

/* Whether e, which is in this component, can be given up and was. */
static int
is_pending(const struct breaker *b, uint32_t e)
{
	const struct graph *g = b->g;

	return g->kind[e] == (b->loose | EDGE_GONE) &&
	    b->sccs.of[g->from[e]] == b->sccs.of[g->need[e]];
}

/* Gives up every loose edge that points backwards in the row, then takes back
 * each that closes no cycle.  With the ones taken back the row is another. */
static void
break_scc(struct breaker *b, uint32_t c)
{
	const uint32_t *m = b->sccs.member + b->sccs.at[c];
	const uint32_t *end = m + scc_size(&b->sccs, c), *u;
	struct graph *g = b->g;
	uint32_t e;

	arrange_scc(&b->row, c, b->loose);
	for (u = m; u < end; u++)
		for (e = g->need_at[*u]; e < g->need_at[*u + 1]; e++)
			if (arrange_counts(&b->row, e) && backwards(b, e))
				g->kind[e] |= EDGE_GONE;
	for (u = m; u < end; u++)
		for (e = g->need_at[*u]; e < g->need_at[*u + 1]; e++)
			if (is_pending(b, e) && b->row.looked < PATIENCE &&
			    !closes_cycle(b, e)) {
				g->kind[e] = (uint8_t)b->loose;
				if (backwards(b, e))
					arrange_scc(&b->row, c, 0);
			}
}

/* Breaks the cycles that edges of these kinds make. */
static int
break_all(struct graph *g, int kinds, int loose)
{
	struct breaker b = { .g = g, .loose = loose };
	uint32_t c;
	int got = -1;

	if (scc_find(&b.sccs, g, kinds) < 0)
		return -1;
	b.seen = calloc(2 * (size_t)g->n + 1, sizeof(*b.seen));
	if (b.seen && arrange_begin(&b.row, g, &b.sccs, kinds) == 0) {
		b.todo = b.seen + g->n;
		for (c = 0; c < b.sccs.n; c++)
			if (scc_size(&b.sccs, c) > 1)
				break_scc(&b, c);
		arrange_end(&b.row);
		got = 0;
	}
	free(b.seen);
	scc_free(&b.sccs);
	return got;
}

int
cycle_break(struct graph *g)
{
	if (break_all(g, EDGE_BUILD, EDGE_BUILD) < 0)
		return -1;
	return break_all(g, EDGE_BOTH, EDGE_RUN);
}
