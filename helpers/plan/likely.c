#include <string.h>

#include "plan/likely.h"

enum {
	BEST = 3,
	ASKED = 20,		/* answers in all */
	LONGEST = 255,		/* of a name that is compared */
};

struct best {
	const char *shown[BEST];
	size_t len[BEST];
	unsigned at[BEST];
	size_t n;
	const char *word;	/* which is not there */
	size_t word_len;
	unsigned allowed;	/* letters */
};

/* How many letters have to be changed, added or left out to make b of a; limit + 1
 * when these are more than limit. */
static unsigned
letters(const char *a, size_t n, const char *b, size_t m, unsigned limit)
{
	unsigned cost[LONGEST + 1], up, left, least;
	size_t i, j;

	if (n > LONGEST || m > LONGEST || n > m + limit || m > n + limit)
		return limit + 1;
	for (j = 0; j <= m; j++)
		cost[j] = (unsigned)j;
	for (i = 1; i <= n; i++) {
		up = cost[0];
		cost[0] = least = (unsigned)i;
		for (j = 1; j <= m; j++) {
			left = cost[j - 1] + 1;
			if (cost[j] + 1 < left)
				left = cost[j] + 1;
			if (up + (a[i - 1] != b[j - 1]) < left)
				left = up + (a[i - 1] != b[j - 1]);
			up = cost[j];
			cost[j] = left;
			if (left < least)
				least = left;
		}
		if (least > limit)
			return limit + 1;
	}
	return cost[m];
}

static int
compare(const char *a, size_t n, const char *b, size_t m)
{
	int c = memcmp(a, b, n < m ? n : m);

	return c ? c : (n > m) - (n < m);
}

static void
consider(struct best *x, const char *shown, size_t len, const char *with, size_t m)
{
	unsigned d = letters(x->word, x->word_len, with, m, x->allowed);
	size_t i;

	if (d > x->allowed && x->word_len >= 4 && m >= x->word_len &&
	    !memcmp(with, x->word, x->word_len))
		d = x->allowed;
	if (d > x->allowed)
		return;
	for (i = 0; i < x->n; i++)
		if (!compare(x->shown[i], x->len[i], shown, len))
			return;
	for (i = x->n; i > 0 && (x->at[i - 1] > d || (x->at[i - 1] == d &&
	    compare(x->shown[i - 1], x->len[i - 1], shown, len) > 0)); i--)
		if (i < BEST) {
			x->shown[i] = x->shown[i - 1];
			x->len[i] = x->len[i - 1];
			x->at[i] = x->at[i - 1];
		}
	if (i == BEST)
		return;
	x->shown[i] = shown;
	x->len[i] = len;
	x->at[i] = d;
	x->n += x->n < BEST;
}

static void
consider_folders(struct best *x, const struct plan *p, int by_unit)
{
	const struct folder *f;
	const struct part *part;
	const char *base;
	uint32_t i, k;

	for (i = 0; i < p->of_tree; i++) {
		f = &p->folders.at[i];
		base = strchr(f->unit, '/') + 1;
		if (by_unit) {
			consider(x, f->unit, strlen(f->unit), base, strlen(base));
			continue;
		}
		consider(x, base, strlen(base), base, strlen(base));
		part = p->parts.at + f->part;
		for (k = 0; k < f->parts; k++)
			if (!part[k].trouble)
				consider(x, part[k].name, strlen(part[k].name),
				    part[k].name, strlen(part[k].name));
	}
}

const char *
likely(struct plan *p, const char *name, const char *const *groups, size_t n)
{
	static unsigned asked;
	const char *slash = strrchr(name, '/'), *found = "";
	struct best x = { .word = slash ? slash + 1 : name };
	size_t i;

	if (++asked > ASKED)
		return "";
	x.word_len = strlen(x.word);
	x.allowed = x.word_len < 3 ? 1 : x.word_len < 7 ? 2 : 3;
	if (strncmp(name, "groups/", 7))
		consider_folders(&x, p, slash != NULL);
	for (i = 0; i < n; i++)
		consider(&x, groups[i], strlen(groups[i]), groups[i] + 7,
		    strlen(groups[i] + 7));
	for (i = 0; i < x.n; i++)
		found = plan_keep(p, "%s%s%.*s", found, i ? ", " : "; like it: ",
		    (int)x.len[i], x.shown[i]);
	return found;
}
