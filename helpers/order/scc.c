#include <stdlib.h>

#include "order/scc.h"

/* Tarjan's search.  A hostile graph is one long chain, so the way down is kept
 * here and not on the stack. */
struct search {
	const struct graph *g;
	int kinds;
	struct sccs *k;
	uint32_t *num;		/* when it was met, from 1; 0 is not yet */
	uint32_t *low;		/* the earliest that it reaches */
	uint32_t *next;		/* its next edge to look at */
	uint32_t *path, depth;	/* from the root of the search to here */
	uint32_t *open, nopen;	/* met, and in no component yet */
	uint32_t met;
};

enum { NONE = UINT32_MAX };

static void
enter(struct search *s, uint32_t u)
{
	s->num[u] = s->low[u] = ++s->met;
	s->next[u] = s->g->need_at[u];
	s->path[s->depth++] = u;
	s->open[s->nopen++] = u;
}

/* Everything met since u, and still open, is a component with it. */
static void
close_scc(struct search *s, uint32_t u)
{
	uint32_t v;

	do {
		v = s->open[--s->nopen];
		s->k->of[v] = s->k->n;
	} while (v != u);
	s->k->n++;
}

static void
leave(struct search *s, uint32_t u)
{
	uint32_t up;

	s->depth--;
	if (s->low[u] == s->num[u])
		close_scc(s, u);
	if (!s->depth)
		return;
	up = s->path[s->depth - 1];
	if (s->low[u] < s->low[up])
		s->low[up] = s->low[u];
}

static void
search_from(struct search *s, uint32_t root)
{
	const struct graph *g = s->g;
	uint32_t u, v, e;

	enter(s, root);
	while (s->depth) {
		u = s->path[s->depth - 1];
		if (s->next[u] == g->need_at[u + 1]) {
			leave(s, u);
			continue;
		}
		e = s->next[u]++;
		v = g->need[e];
		if (!edge_is(g, e, s->kinds))
			continue;
		if (!s->num[v])
			enter(s, v);
		else if (s->k->of[v] == NONE && s->num[v] < s->low[u])
			s->low[u] = s->num[v];
	}
}

static void
members(struct sccs *k, uint32_t n)
{
	uint32_t u, c;

	for (u = 0; u < n; u++)
		k->at[k->of[u] + 1]++;
	for (c = 0; c < k->n; c++)
		k->at[c + 1] += k->at[c];
	for (u = n; u-- > 0; )
		k->member[--k->at[k->of[u] + 1]] = u;
	/* Each place was moved down to its beginning, one too far up. */
	for (c = 0; c < k->n; c++)
		k->at[c] = k->at[c + 1];
	k->at[k->n] = n;
}

int
scc_find(struct sccs *k, const struct graph *g, int kinds)
{
	size_t n = g->n + (size_t)1;
	struct search s = { .g = g, .kinds = kinds, .k = k };
	uint32_t u;

	*k = (struct sccs){ .of = calloc(3 * n + 1, sizeof(*k->of)) };
	s.num = calloc(5 * n, sizeof(*s.num));
	if (!k->of || !s.num) {
		scc_free(k);
		free(s.num);
		return -1;
	}
	k->member = k->of + n;
	k->at = k->member + n;
	s.low = s.num + n;
	s.next = s.low + n;
	s.path = s.next + n;
	s.open = s.path + n;
	for (u = 0; u < g->n; u++)
		k->of[u] = NONE;
	for (u = 0; u < g->n; u++)
		if (!s.num[u])
			search_from(&s, u);
	members(k, g->n);
	free(s.num);
	return 0;
}

void
scc_free(struct sccs *k)
{
	free(k->of);
	*k = (struct sccs){ 0 };
}
