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
	uint32_t *met, nmet;	/* units that the last search met */
	uint64_t *before, *behind;	/* units to be moved, as their places and numbers */
};

/* Whether a unit is needed, over some way, by what it needs through edge e.  On
 * such a way every place is between theirs, so that nothing else is looked at. */
static int
closes_cycle(struct breaker *b, uint32_t e)
{
	const struct graph *g = b->g;
	uint32_t goal = g->from[e], least = b->row.pos[goal], at, u, v;

	b->round++;
	b->met[0] = g->need[e];
	b->nmet = 1;
	for (at = 0; at < b->nmet; at++) {
		u = b->met[at];
		b->row.looked += g->need_at[u + 1] - g->need_at[u];
		for (e = g->need_at[u]; e < g->need_at[u + 1]; e++) {
			v = g->need[e];
			if (!arrange_counts(&b->row, e) || b->row.pos[v] < least ||
			    b->seen[v] == b->round)
				continue;
			if (v == goal)
				return 1;
			b->seen[v] = b->round;
			b->met[b->nmet++] = v;
		}
	}
	return 0;
}

/* Finds what needs a unit, over some way, and has its place before most. */
static void
find_users(struct breaker *b, uint32_t unit, uint32_t most)
{
	const struct graph *g = b->g;
	uint32_t at, i, v;

	b->round++;
	b->met[0] = unit;
	b->nmet = 1;
	for (at = 0; at < b->nmet; at++) {
		unit = b->met[at];
		b->row.looked += g->user_at[unit + 1] - g->user_at[unit];
		for (i = g->user_at[unit]; i < g->user_at[unit + 1]; i++) {
			v = g->from[g->user[i]];
			if (!arrange_counts(&b->row, g->user[i]) ||
			    b->row.pos[v] > most || b->seen[v] == b->round)
				continue;
			b->seen[v] = b->round;
			b->met[b->nmet++] = v;
		}
	}
}

static int
by_place(const void *a, const void *b)
{
	const uint64_t *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

/* The units met last, in the order of their places, into list.  Returns how many. */
static uint32_t
sort_met(const struct breaker *b, uint64_t *list)
{
	uint32_t i;

	for (i = 0; i < b->nmet; i++)
		list[i] = (uint64_t)b->row.pos[b->met[i]] << 32 | b->met[i];
	qsort(list, b->nmet, sizeof(*list), by_place);
	return b->nmet;
}

/* Edge e counts from now on, and points backwards: what it leads to, which
 * closes_cycle has just met, goes before what needs it.  They share out the places
 * that they have, and nobody else has to move (Pearce and Kelly, 2006). */
static void
reorder(struct breaker *b, uint32_t e)
{
	const struct graph *g = b->g;
	uint32_t n = sort_met(b, b->before), m, i, k, to;
	uint64_t *first = b->before, *second = b->behind;

	find_users(b, g->from[e], b->row.pos[g->need[e]]);
	m = sort_met(b, second);
	for (i = k = to = 0; to < n + m; to++)
		b->met[to] = (uint32_t)((k == m || (i < n && first[i] < second[k]) ?
		    first[i++] : second[k++]) >> 32);
	for (i = 0; i < n; i++)
		b->row.pos[(uint32_t)first[i]] = b->met[i];
	for (i = 0; i < m; i++)
		b->row.pos[(uint32_t)second[i]] = b->met[n + i];
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
 * each that closes no cycle. */
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
					reorder(b, e);
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
	b.before = malloc((2 * (size_t)g->n + 1) * sizeof(*b.before));
	if (b.seen && b.before && arrange_begin(&b.row, g, &b.sccs, kinds) == 0) {
		b.met = b.seen + g->n;
		b.behind = b.before + g->n;
		for (c = 0; c < b.sccs.n; c++)
			if (scc_size(&b.sccs, c) > 1)
				break_scc(&b, c);
		arrange_end(&b.row);
		got = 0;
	}
	free(b.seen);
	free(b.before);
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
