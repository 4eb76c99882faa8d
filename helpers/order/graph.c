#include <stdlib.h>
#include <string.h>

#include "order/graph.h"

/* A name that a unit provides, or one that is looked for.  key holds its first
 * eight bytes, which settle nearly every comparison without a look at s. */
struct name {
	uint64_t key;
	const char *s;
	uint32_t len, unit, line;
};

/* A table sorted by name: unlike hashes, nobody can make it slow on purpose. */
struct names {
	struct name *v;
	uint32_t n;
};

/* The next word at *s, which moves behind it; its length is 0 at the end. */
static const char *
next_word(const char **s, size_t *len)
{
	const char *word = *s, *end;

	while (*word == ' ')
		word++;
	for (end = word; *end && *end != ' '; end++)
		;
	*len = (size_t)(end - word);
	*s = end;
	return word;
}

static uint32_t
count_words(const char *s)
{
	uint32_t n = 0;
	size_t len;

	while (next_word(&s, &len), len)
		n++;
	return n;
}

/* A word less what it says of versions. */
static struct name
name_of(const char *s, size_t len)
{
	struct name a = { .s = s };
	uint32_t i;

	while (a.len < len && s[a.len] != '<' && s[a.len] != '>' && s[a.len] != '=' &&
	    s[a.len] != '(')
		a.len++;
	for (i = 0; i < 8; i++)
		a.key = a.key << 8 | (i < a.len ? (unsigned char)s[i] : 0);
	return a;
}

static int
name_compare(const struct name *a, const struct name *b)
{
	int c;

	if (a->key != b->key)
		return a->key < b->key ? -1 : 1;
	c = memcmp(a->s, b->s, a->len < b->len ? a->len : b->len);
	return c ? c : (a->len > b->len) - (a->len < b->len);
}

static int
by_name_and_line(const void *a, const void *b)
{
	const struct name *x = a, *y = b;
	int c = name_compare(x, y);

	return c ? c : (x->line > y->line) - (x->line < y->line);
}

/* Every name that is provided, each once: by the unit that came first. */
static int
names_make(struct names *t, const struct units *all)
{
	uint32_t u, i, n = 0;
	const char *s, *word;
	size_t len;

	for (u = 0; u < all->n; u++)
		n += count_words(all->v[u].provides);
	t->v = malloc((n + 1) * sizeof(*t->v));
	if (!t->v)
		return -1;
	for (n = u = 0; u < all->n; u++)
		for (s = all->v[u].provides; word = next_word(&s, &len), len; n++) {
			t->v[n] = name_of(word, len);
			t->v[n].unit = u;
			t->v[n].line = all->v[u].line;
		}
	qsort(t->v, n, sizeof(*t->v), by_name_and_line);
	for (t->n = i = 0; i < n; i++)
		if (!t->n || name_compare(&t->v[t->n - 1], &t->v[i]))
			t->v[t->n++] = t->v[i];
	return 0;
}

static const struct name *
names_find(const struct names *t, const struct name *a)
{
	uint32_t low = 0, high = t->n, mid;
	int c;

	while (low < high) {
		mid = low + (high - low) / 2;
		c = name_compare(a, &t->v[mid]);
		if (!c)
			return &t->v[mid];
		if (c < 0)
			high = mid;
		else
			low = mid + 1;
	}
	return NULL;
}

/* What a word asks for, "a>=1|b": the first of the alternatives that somebody
 * provides, or NULL. */
static const struct name *
provider(const struct names *t, const char *word, size_t len)
{
	const struct name *found;
	struct name a;
	const char *bar;

	for (;; word = bar + 1) {
		bar = memchr(word, '|', len);
		a = name_of(word, bar ? (size_t)(bar - word) : len);
		found = a.len ? names_find(t, &a) : NULL;
		if (found || !bar)
			return found;
		len -= (size_t)(bar + 1 - word);
	}
}

/* Adds what the words ask for to list, as number << 1 | run. */
static uint32_t
gather(const struct names *t, const char *s, uint64_t run, uint64_t *list)
{
	const struct name *found;
	const char *word;
	uint32_t n = 0;
	size_t len;

	while (word = next_word(&s, &len), len)
		if ((found = provider(t, word, len)))
			list[n++] = (uint64_t)found->unit << 1 | run;
	return n;
}

static int
by_number(const void *a, const void *b)
{
	const uint64_t *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

/* The edges of u; list has room for them. */
static void
edges_of(struct graph *g, uint32_t u, const struct names *t, uint64_t *list)
{
	uint32_t i, n = gather(t, g->unit[u].build, 0, list), to, last = u;

	n += gather(t, g->unit[u].run, 1, list + n);
	qsort(list, n, sizeof(*list), by_number);
	g->need_at[u] = g->edges;
	for (i = 0; i < n; i++) {
		to = (uint32_t)(list[i] >> 1);
		if (to == u || to == last)
			continue;
		last = to;
		g->from[g->edges] = u;
		g->need[g->edges] = to;
		g->kind[g->edges++] = list[i] & 1 ? EDGE_RUN : EDGE_BUILD;
	}
}

/* The same edges by what they need. */
static void
users(struct graph *g)
{
	uint32_t e, u;

	for (e = 0; e < g->edges; e++)
		g->user_at[g->need[e] + 1]++;
	for (u = 0; u < g->n; u++)
		g->user_at[u + 1] += g->user_at[u];
	for (e = g->edges; e-- > 0; )
		g->user[--g->user_at[g->need[e] + 1]] = e;
	/* Each place was moved down to its beginning, one too far up. */
	memmove(g->user_at, g->user_at + 1, g->n * sizeof(*g->user_at));
	g->user_at[g->n] = g->edges;
}

int
graph_make(struct graph *g, const struct units *all)
{
	struct names t = { 0 };
	uint64_t *list = NULL;
	size_t words = 1;
	uint32_t u;
	int got = -1;

	*g = (struct graph){ .unit = all->v, .n = all->n };
	for (u = 0; u < all->n; u++)
		words += count_words(all->v[u].build) + count_words(all->v[u].run);
	g->need_at = calloc(2 * ((size_t)all->n + 1), sizeof(*g->need_at));
	g->need = malloc(3 * words * sizeof(*g->need));
	g->kind = malloc(words);
	list = malloc(words * sizeof(*list));
	if (!g->need_at || !g->need || !g->kind || !list ||
	    names_make(&t, all) < 0)
		goto end;
	g->user_at = g->need_at + all->n + 1;
	g->from = g->need + words;
	g->user = g->from + words;
	for (u = 0; u < g->n; u++)
		edges_of(g, u, &t, list);
	g->need_at[g->n] = g->edges;
	users(g);
	got = 0;
end:
	free(list);
	free(t.v);
	if (got < 0)
		graph_free(g);
	return got;
}

void
graph_free(struct graph *g)
{
	free(g->need_at);
	free(g->need);
	free(g->kind);
	*g = (struct graph){ 0 };
}
