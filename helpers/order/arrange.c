#include <stdlib.h>

#include "order/arrange.h"

/* The greedy way of Eades, Lin and Smyth to a small set of backward edges: what
 * nobody waits for goes to the end of the row, what waits for nothing to its
 * front, and when there is neither, then to the front the unit that lets most
 * others go for the fewest needs unmet.  Ties go by number, that is by name. */

enum { UNPLACED = UINT32_MAX };

/* What goes first has the greatest key: its gain, then the lowest number. */
static uint64_t
key(const struct place *p, uint32_t u)
{
	uint64_t gain = p->may[u] ? (uint64_t)p->users[u] + INT32_MAX - p->may[u] :
	    UINT32_MAX;

	return gain << 32 | (UINT32_MAX - u);
}

static void
heap_add(struct place *p, uint64_t x)
{
	size_t i = p->nheap++, up;

	for (; i; i = up) {
		up = (i - 1) / 2;
		if (p->heap[up] >= x)
			break;
		p->heap[i] = p->heap[up];
	}
	p->heap[i] = x;
}

static uint64_t
heap_take(struct place *p)
{
	uint64_t top = p->heap[0], x = p->heap[--p->nheap];
	size_t i = 0, down;

	while ((down = 2 * i + 1) < p->nheap) {
		if (down + 1 < p->nheap && p->heap[down + 1] > p->heap[down])
			down++;
		if (p->heap[down] <= x)
			break;
		p->heap[i] = p->heap[down];
		i = down;
	}
	p->heap[i] = x;
	return top;
}

/* Older keys of u may be in the heap still: they are known by not being true. */
static void
offer(struct place *p, uint32_t u)
{
	if (p->pos[u] == UNPLACED && p->users[u] && !p->must[u])
		heap_add(p, key(p, u));
}

static uint32_t
best(struct place *p)
{
	uint64_t top;
	uint32_t u;

	do {
		top = heap_take(p);
		u = UINT32_MAX - (uint32_t)top;
	} while (p->pos[u] != UNPLACED || p->must[u] || top != key(p, u));
	return u;
}

static void
count(struct place *p, uint32_t u, int loose)
{
	const struct graph *g = p->g;
	uint32_t e;

	for (e = g->need_at[u]; e < g->need_at[u + 1]; e++, p->looked++)
		if (place_counts(p, e)) {
			p->users[g->need[e]]++;
			if (g->kind[e] & loose)
				p->may[u]++;
			else
				p->must[u]++;
		}
}

/* u has its place: those that need it, and those that it needs, have one unit
 * less to mind. */
static void
settle(struct place *p, uint32_t u, int loose)
{
	const struct graph *g = p->g;
	uint32_t i, e, v;

	for (i = g->user_at[u]; i < g->user_at[u + 1]; i++) {
		e = g->user[i];
		v = g->from[e];
		if (!place_counts(p, e) || p->pos[v] != UNPLACED)
			continue;
		if (g->kind[e] & loose)
			p->may[v]--;
		else
			p->must[v]--;
		offer(p, v);
	}
	for (e = g->need_at[u]; e < g->need_at[u + 1]; e++) {
		v = g->need[e];
		if (!place_counts(p, e) || p->pos[v] != UNPLACED)
			continue;
		if (!--p->users[v])
			p->last[p->nlast++] = v;
		offer(p, v);
	}
}

void
place_knot(struct place *p, uint32_t knot, int loose)
{
	uint32_t front = 0, back = knot_size(p->k, knot), u;
	const uint32_t *all = p->k->member + p->k->at[knot], *end = all + back, *m;

	p->nheap = p->nlast = 0;
	for (m = all; m < end; m++) {
		p->pos[*m] = UNPLACED;
		p->must[*m] = p->may[*m] = p->users[*m] = 0;
	}
	for (m = all; m < end; m++)
		count(p, *m, loose);
	for (m = all; m < end; m++) {
		if (!p->users[*m])
			p->last[p->nlast++] = *m;
		offer(p, *m);
	}
	while (front < back) {
		if (p->nlast) {
			u = p->last[--p->nlast];
			p->pos[u] = --back;
		} else {
			u = best(p);
			p->pos[u] = front++;
		}
		settle(p, u, loose);
	}
}

int
place_begin(struct place *p, const struct graph *g, const struct knots *k,
    int kinds)
{
	size_t n = g->n + (size_t)1;

	*p = (struct place){ .g = g, .k = k, .kinds = kinds };
	p->pos = calloc(5 * n, sizeof(*p->pos));
	p->heap = malloc((n + 2 * (size_t)g->edges) * sizeof(*p->heap));
	if (!p->pos || !p->heap) {
		place_end(p);
		return -1;
	}
	p->must = p->pos + n;
	p->may = p->must + n;
	p->users = p->may + n;
	p->last = p->users + n;
	return 0;
}

void
place_end(struct place *p)
{
	free(p->pos);
	free(p->heap);
	*p = (struct place){ 0 };
}
