#include <stdlib.h>

#include "order/arrange.h"

/* The greedy way of Eades, Lin and Smyth to a small set of backward edges: what
 * nobody waits for goes to the end of the row, what waits for nothing to its
 * front, and when there is neither, then to the front the unit that lets most
 * others go for the fewest needs unmet.  Ties go by number, that is by name. */

enum { UNPLACED = UINT32_MAX };

/* What goes first has the greatest key: its gain, then the lowest number. */
static uint64_t
key(const struct arrangement *a, uint32_t u)
{
	uint64_t gain = a->may[u] ? (uint64_t)a->users[u] + INT32_MAX - a->may[u] :
	    UINT32_MAX;

	return gain << 32 | (UINT32_MAX - u);
}

static void
heap_add(struct arrangement *a, uint64_t x)
{
	size_t i = a->nheap++, up;

	for (; i; i = up) {
		up = (i - 1) / 2;
		if (a->heap[up] >= x)
			break;
		a->heap[i] = a->heap[up];
	}
	a->heap[i] = x;
}

static uint64_t
heap_take(struct arrangement *a)
{
	uint64_t top = a->heap[0], x = a->heap[--a->nheap];
	size_t i = 0, down;

	while ((down = 2 * i + 1) < a->nheap) {
		if (down + 1 < a->nheap && a->heap[down + 1] > a->heap[down])
			down++;
		if (a->heap[down] <= x)
			break;
		a->heap[i] = a->heap[down];
		i = down;
	}
	a->heap[i] = x;
	return top;
}

/* Older keys of u may be in the heap still: they are known by not being true. */
static void
offer(struct arrangement *a, uint32_t u)
{
	if (a->pos[u] == UNPLACED && a->users[u] && !a->must[u])
		heap_add(a, key(a, u));
}

static uint32_t
best(struct arrangement *a)
{
	uint64_t top;
	uint32_t u;

	do {
		top = heap_take(a);
		u = UINT32_MAX - (uint32_t)top;
	} while (a->pos[u] != UNPLACED || a->must[u] || top != key(a, u));
	return u;
}

static void
count(struct arrangement *a, uint32_t u, int loose)
{
	const struct graph *g = a->g;
	uint32_t e;

	for (e = g->need_at[u]; e < g->need_at[u + 1]; e++, a->looked++)
		if (arrange_counts(a, e)) {
			a->users[g->need[e]]++;
			if (g->kind[e] & loose)
				a->may[u]++;
			else
				a->must[u]++;
		}
}

/* u has its place: those that need it, and those that it needs, have one unit
 * less to mind. */
static void
settle(struct arrangement *a, uint32_t u, int loose)
{
	const struct graph *g = a->g;
	uint32_t i, e, v;

	for (i = g->user_at[u]; i < g->user_at[u + 1]; i++) {
		e = g->user[i];
		v = g->from[e];
		if (!arrange_counts(a, e) || a->pos[v] != UNPLACED)
			continue;
		if (g->kind[e] & loose)
			a->may[v]--;
		else
			a->must[v]--;
		offer(a, v);
	}
	for (e = g->need_at[u]; e < g->need_at[u + 1]; e++) {
		v = g->need[e];
		if (!arrange_counts(a, e) || a->pos[v] != UNPLACED)
			continue;
		if (!--a->users[v])
			a->last[a->nlast++] = v;
		offer(a, v);
	}
}

void
arrange_scc(struct arrangement *a, uint32_t c, int loose)
{
	uint32_t front = 0, back = scc_size(a->sccs, c), u;
	const uint32_t *all = a->sccs->member + a->sccs->at[c], *end = all + back, *m;

	a->nheap = a->nlast = 0;
	for (m = all; m < end; m++) {
		a->pos[*m] = UNPLACED;
		a->must[*m] = a->may[*m] = a->users[*m] = 0;
	}
	for (m = all; m < end; m++)
		count(a, *m, loose);
	for (m = all; m < end; m++) {
		if (!a->users[*m])
			a->last[a->nlast++] = *m;
		offer(a, *m);
	}
	while (front < back) {
		if (a->nlast) {
			u = a->last[--a->nlast];
			a->pos[u] = --back;
		} else {
			u = best(a);
			a->pos[u] = front++;
		}
		settle(a, u, loose);
	}
}

int
arrange_begin(struct arrangement *a, const struct graph *g,
    const struct sccs *sccs, int kinds)
{
	size_t n = g->n + (size_t)1;

	*a = (struct arrangement){ .g = g, .sccs = sccs, .kinds = kinds };
	a->pos = calloc(5 * n, sizeof(*a->pos));
	a->heap = malloc((n + 2 * (size_t)g->edges) * sizeof(*a->heap));
	if (!a->pos || !a->heap) {
		arrange_end(a);
		return -1;
	}
	a->must = a->pos + n;
	a->may = a->must + n;
	a->users = a->may + n;
	a->last = a->users + n;
	return 0;
}

void
arrange_end(struct arrangement *a)
{
	free(a->pos);
	free(a->heap);
	*a = (struct arrangement){ 0 };
}
