/* Own code, and not regcomp(3): its time and memory depend on what a hostile line makes
 * it try, and with over a hundred patterns each line would be read as often.  Here a
 * line is read once, for the longest plain part of every pattern (Aho, Corasick 1975),
 * and only the patterns whose part it holds are looked at. */
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "why/match.h"

enum { RULES_MAX = 320, WORDS = RULES_MAX / 64, DIGITS = 10 };

struct state {
	uint16_t next[256];
	uint16_t fail;
	uint64_t rules[WORDS];	/* whose part ends here */
};

struct matcher {
	struct state *state;
	size_t n;
};

/* Whether the piece at p, len long, is what s begins with.  Returns how much of s it is,
 * or 0. */
static size_t
piece_here(const char *p, size_t len, const char *s, size_t n)
{
	size_t at = 0, i, from;

	for (i = 0; i < len; i++) {
		if (p[i] != '%') {
			if (at == n || s[at++] != p[i])
				return 0;
			continue;
		}
		for (from = at; at < n && at - from < DIGITS && s[at] >= '0' && s[at] <= '9'; )
			at++;
		if (at == from)
			return 0;
	}
	return at;
}

/* The first place of the piece in s: its beginning in *at.  Returns its length, or 0. */
static size_t
piece_find(const char *p, size_t len, const char *s, size_t n, size_t *at)
{
	const char *found;
	size_t i, got;

	for (i = 0; i < n; i++) {
		if (*p != '%') {
			found = memchr(s + i, *p, n - i);
			if (!found)
				return 0;
			i = (size_t)(found - s);
		}
		got = piece_here(p, len, s + i, n - i);
		if (got) {
			*at = i;
			return got;
		}
	}
	return 0;
}

/* Whether s ends with the piece, and is nothing else if it is to be whole. */
static int
piece_last(const char *p, size_t len, const char *s, size_t n, int whole)
{
	size_t most = len * DIGITS, i;

	for (i = whole || n < most ? 0 : n - most; i < n; i++) {
		if (piece_here(p, len, s + i, n - i) == n - i)
			return 1;
		if (whole)
			break;
	}
	return 0;
}

int
matcher_fits(const char *pattern, const char *s, size_t n)
{
	int anchored = *pattern == '^';
	size_t len, got, at;

	pattern += anchored;
	for (;;) {
		len = strcspn(pattern, "*$");
		if (pattern[len] == '$')
			return piece_last(pattern, len, s, n, anchored);
		got = at = 0;
		if (len) {
			got = anchored ? piece_here(pattern, len, s, n) :
			    piece_find(pattern, len, s, n, &at);
			if (!got)
				return 0;
		}
		s += at + got;
		n -= at + got;
		anchored = 0;
		pattern += len;
		if (!*pattern++)
			return 1;
	}
}

/* The longest part of the pattern that stands for itself. */
static const char *
plain_part(const char *pattern, size_t *len)
{
	const char *best = pattern;
	size_t n;

	for (*len = 0; *pattern; pattern += n ? n : 1) {
		n = strcspn(pattern, "^*%$");
		if (n > *len) {
			*len = n;
			best = pattern;
		}
	}
	return best;
}

static void
add(struct matcher *m, const char *part, size_t len, size_t rule)
{
	uint16_t at = 0, *next;

	for (; len; len--, at = *next) {
		next = &m->state[at].next[(unsigned char)*part++];
		if (!*next)
			*next = (uint16_t)m->n++;
	}
	m->state[at].rules[rule / 64] |= UINT64_C(1) << rule % 64;
}

/* Where a part ends to go on, its own longest end that begins another does: breadth
 * first, so that the shorter are ready. */
static int
link_states(struct matcher *m)
{
	uint16_t *queue = calloc(m->n, sizeof(*queue));
	size_t head = 0, tail = 0, i, c;
	struct state *s;
	uint16_t *next, other;

	if (!queue)
		return -1;
	for (queue[tail++] = 0; head < tail; head++) {
		s = &m->state[queue[head]];
		for (i = 0; i < WORDS; i++)
			s->rules[i] |= m->state[s->fail].rules[i];
		for (c = 0; c < 256; c++) {
			next = &s->next[c];
			other = queue[head] ? m->state[s->fail].next[c] : 0;
			if (*next) {
				m->state[*next].fail = other;
				queue[tail++] = *next;
			} else {
				*next = other;
			}
		}
	}
	free(queue);
	return 0;
}

struct matcher *
matcher_new(void)
{
	struct matcher *m = calloc(1, sizeof(*m));
	size_t i, len, all = 1;
	const char *part;

	if (!m)
		return NULL;
	for (i = 0; i < why_rules_n; i++)
		all += strlen(why_rules[i].pattern);
	if (why_rules_n > RULES_MAX || all > UINT16_MAX)
		abort();
	m->state = calloc(all, sizeof(*m->state));
	if (!m->state)
		goto fail;
	m->n = 1;
	for (i = 0; i < why_rules_n; i++) {
		part = plain_part(why_rules[i].pattern, &len);
		add(m, part, len, i);
	}
	if (link_states(m) == 0)
		return m;
fail:
	free(m->state);
	free(m);
	errno = ENOMEM;
	return NULL;
}

const struct why_rule *
matcher_rule(const struct matcher *m, const char *s, size_t n)
{
	uint64_t seen[WORDS] = { 0 };
	const struct state *at = m->state;
	size_t i, rule;

	for (i = 0; i < n; i++) {
		at = &m->state[at->next[(unsigned char)s[i]]];
		for (rule = 0; rule < WORDS; rule++)
			seen[rule] |= at->rules[rule];
	}
	for (i = 0; i < WORDS; i++)
		for (; seen[i]; seen[i] &= seen[i] - 1) {
			rule = i * 64 + (size_t)__builtin_ctzll(seen[i]);
			if (matcher_fits(why_rules[rule].pattern, s, n))
				return &why_rules[rule];
		}
	return NULL;
}
