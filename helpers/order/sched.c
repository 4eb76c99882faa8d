#include <stdlib.h>

#include "order/sched.h"

#define NOT_READY UINT64_MAX

/* u can be started, or cannot any more. */
static void
ready(struct sched *s, uint32_t u, int is)
{
	uint32_t i = s->leaves + s->rank[u];
	uint64_t *t = s->ready;

	t[i] = is ? s->g->unit[u].memory : NOT_READY;
	while (i /= 2)
		t[i] = t[2 * i] < t[2 * i + 1] ? t[2 * i] : t[2 * i + 1];
}

/* The units, what is needed first; and the levels. */
static void
sort_by_need(struct sched *s)
{
	const struct graph *g = s->g;
	uint32_t n = 0, done, e, i, u, v;

	for (e = 0; e < g->edges; e++)
		s->waits[g->from[e]] += edge_is(g, e, EDGE_BOTH) != 0;
	for (u = 0; u < g->n; u++)
		if (!s->waits[u]) {
			s->order[n++] = u;
			s->level[u] = 1;
		}
	for (done = 0; done < n; done++) {
		u = s->order[done];
		for (i = g->user_at[u]; i < g->user_at[u + 1]; i++) {
			e = g->user[i];
			v = g->from[e];
			if (!edge_is(g, e, EDGE_BOTH))
				continue;
			if (s->level[v] <= s->level[u])
				s->level[v] = s->level[u] + 1;
			if (!--s->waits[v])
				s->order[n++] = v;
		}
	}
	for (e = 0; e < g->edges; e++)
		s->waits[g->from[e]] += edge_is(g, e, EDGE_BOTH) != 0;
}

/* A sum of weights cannot pass 64 bits: see unit.h. */
static void
paths(struct sched *s)
{
	const struct graph *g = s->g;
	uint32_t i, e, u, v;

	for (i = g->n; i-- > 0; ) {
		u = s->order[i];
		s->path[u] += g->unit[u].weight;
		for (e = g->need_at[u]; e < g->need_at[u + 1]; e++) {
			v = g->need[e];
			if (edge_is(g, e, EDGE_BOTH) && s->path[v] < s->path[u])
				s->path[v] = s->path[u];
		}
	}
}

static int
by_path(const void *a, const void *b, void *path)
{
	const uint32_t u = *(const uint32_t *)a, v = *(const uint32_t *)b;
	const uint64_t *p = path;

	return p[u] == p[v] ? (u > v) - (u < v) : p[u] > p[v] ? -1 : 1;
}

static void
ranks(struct sched *s)
{
	uint32_t n = s->g->n, i;

	for (i = 0; i < n; i++)
		s->by_rank[i] = i;
	qsort_r(s->by_rank, n, sizeof(*s->by_rank), by_path, s->path);
	for (i = 0; i < n; i++)
		s->rank[s->by_rank[i]] = i;
}

int
sched_begin(struct sched *s, const struct graph *g, uint32_t slots,
    uint64_t memory)
{
	size_t n = g->n + (size_t)1, i;

	*s = (struct sched){ .g = g, .slots = slots, .memory = memory, .leaves = 1 };
	while (s->leaves < g->n)
		s->leaves *= 2;
	s->state = calloc(n, 1);
	s->path = calloc(n + 2 * (size_t)s->leaves, sizeof(*s->path));
	s->level = calloc(5 * n, sizeof(*s->level));
	if (!s->state || !s->path || !s->level) {
		sched_end(s);
		return -1;
	}
	s->ready = s->path + n;
	s->order = s->level + n;
	s->rank = s->order + n;
	s->by_rank = s->rank + n;
	s->waits = s->by_rank + n;
	for (i = 0; i < 2 * (size_t)s->leaves; i++)
		s->ready[i] = NOT_READY;
	sort_by_need(s);
	paths(s);
	ranks(s);
	s->count[WAITING] = g->n;
	for (i = 0; i < g->n; i++)
		if (!s->waits[i])
			ready(s, (uint32_t)i, 1);
	return 0;
}

/* Everything that needs u has one need more, or one less, to wait for. */
static void
users_wait(struct sched *s, uint32_t u, uint32_t more)
{
	const struct graph *g = s->g;
	uint32_t i, v;

	for (i = g->user_at[u]; i < g->user_at[u + 1]; i++) {
		v = g->from[g->user[i]];
		if (!edge_is(g, g->user[i], EDGE_BOTH))
			continue;
		s->waits[v] += more;
		if (s->state[v] == WAITING && s->waits[v] <= 1)
			ready(s, v, !s->waits[v]);
	}
}

void
sched_set(struct sched *s, uint32_t u, enum state state)
{
	enum state was = (enum state)s->state[u];

	s->state[u] = (uint8_t)state;
	s->count[was]--;
	s->count[state]++;
	if (was == RUNNING)
		s->used -= s->g->unit[u].memory;
	if (state == RUNNING)
		s->used += s->g->unit[u].memory;
	if (was == DONE && state != DONE)
		users_wait(s, u, 1);
	if (state == DONE && was != DONE)
		users_wait(s, u, (uint32_t)-1);
	if (was == WAITING || state == WAITING)
		ready(s, u, state == WAITING && !s->waits[u]);
}

uint32_t
sched_skip(struct sched *s, uint32_t *at, uint32_t *because)
{
	const struct graph *g = s->g;
	uint32_t u, e, v;

	while (*at < g->n) {
		u = s->order[(*at)++];
		if (s->state[u] != WAITING)
			continue;
		*because = SCHED_NONE;
		for (e = g->need_at[u]; e < g->need_at[u + 1]; e++) {
			v = g->need[e];
			if (edge_is(g, e, EDGE_BOTH) && (s->state[v] == FAILED ||
			    (s->state[v] == SKIPPED && *because == SCHED_NONE))) {
				*because = v;
				if (s->state[v] == FAILED)
					break;
			}
		}
		if (*because != SCHED_NONE) {
			sched_set(s, u, SKIPPED);
			return u;
		}
	}
	return SCHED_NONE;
}

/* The first leaf that is ready and needs at most room. */
static uint32_t
first(const struct sched *s, uint64_t room)
{
	uint32_t i = 1;

	if (s->ready[i] > room || s->ready[i] == NOT_READY)
		return SCHED_NONE;
	while (i < s->leaves)
		i = s->ready[2 * i] <= room ? 2 * i : 2 * i + 1;
	return s->by_rank[i - s->leaves];
}

uint32_t
sched_start(struct sched *s)
{
	uint64_t room = NOT_READY - 1;
	uint32_t u;

	if (s->count[RUNNING] >= s->slots)
		return SCHED_NONE;
	if (s->memory && s->count[RUNNING]) {
		if (s->used > s->memory)
			return SCHED_NONE;
		room = s->memory - s->used;
	}
	u = first(s, room);
	if (u != SCHED_NONE)
		sched_set(s, u, RUNNING);
	return u;
}

void
sched_end(struct sched *s)
{
	free(s->state);
	free(s->path);
	free(s->level);
	*s = (struct sched){ 0 };
}
