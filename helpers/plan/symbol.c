#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "err.h"
#include "plan/symbol.h"

static uint64_t
rotate(uint64_t x, int n)
{
	return x << n | x >> (64 - n);
}

static void
mix(uint64_t v[4], uint64_t m)
{
	v[3] ^= m;
	v[0] += v[1], v[1] = rotate(v[1], 13) ^ v[0], v[0] = rotate(v[0], 32);
	v[2] += v[3], v[3] = rotate(v[3], 16) ^ v[2];
	v[0] += v[3], v[3] = rotate(v[3], 21) ^ v[0];
	v[2] += v[1], v[1] = rotate(v[1], 17) ^ v[2], v[2] = rotate(v[2], 32);
	v[0] ^= m;
}

/* SipHash-1-3. */
static uint32_t
hash_of(const struct symbols *t, const char *s, size_t len)
{
	uint64_t v[4] = { t->key[0] ^ 0x736f6d6570736575, t->key[1] ^ 0x646f72616e646f6d,
	    t->key[0] ^ 0x6c7967656e657261, t->key[1] ^ 0x7465646279746573 };
	uint64_t m;
	size_t n;

	for (n = len; n >= 8; n -= 8, s += 8) {
		memcpy(&m, s, 8);
		mix(v, m);
	}
	m = (uint64_t)len << 56;
	memcpy(&m, s, n);
	mix(v, m);
	v[2] ^= 0xff;
	for (n = 0; n < 3; n++)
		mix(v, 0);
	m = v[0] ^ v[1] ^ v[2] ^ v[3];
	return (uint32_t)(m ^ m >> 32);
}

static void
must(const void *got)
{
	if (!got)
		die_sys(EX_OSERR, "names");
}

void
symbols_begin(struct symbols *t)
{
	*t = (struct symbols){ .slots = 1 << 14, .room = 1 << 12 };
	t->slot = calloc(t->slots, sizeof(*t->slot));
	t->v = malloc(t->room * sizeof(*t->v));
	must(t->slot);
	must(t->v);
	/* Without it they are as good as any, to all but who means harm. */
	if (getrandom(t->key, sizeof(t->key), GRND_NONBLOCK) < 0)
		t->key[0] = (uintptr_t)t->slot;
}

void
symbols_free(struct symbols *t)
{
	free(t->slot);
	free(t->v);
}

/* The slot where such a name is, or belongs. */
static uint32_t
slot_of(const struct symbols *t, const char *s, size_t len, uint32_t hash)
{
	const struct symbol *y;
	uint32_t i;

	for (i = hash & (t->slots - 1); t->slot[i]; i = (i + 1) & (t->slots - 1)) {
		y = &t->v[t->slot[i] - 1];
		if (y->hash == hash && y->len == len && !memcmp(y->s, s, len))
			break;
	}
	return i;
}

/* Twice as many slots, which stay half empty. */
static void
grow(struct symbols *t)
{
	uint32_t i, at;

	t->slots *= 2;
	free(t->slot);
	t->slot = calloc(t->slots, sizeof(*t->slot));
	must(t->slot);
	for (i = 0; i < t->n; i++) {
		for (at = t->v[i].hash & (t->slots - 1); t->slot[at];
		    at = (at + 1) & (t->slots - 1))
			;
		t->slot[at] = i + 1;
	}
}

static struct symbol *
new_symbol(struct symbols *t)
{
	struct symbol *y;

	if (t->n == t->room) {
		t->room *= 2;
		y = reallocarray(t->v, t->room, sizeof(*t->v));
		must(y);
		t->v = y;
	}
	y = &t->v[t->n++];
	*y = (struct symbol){ .folder = NONE, .group = NONE, .key_of = NONE,
	    .lacked_by = NONE, .took = NONE, .giver = { NONE, NONE } };
	return y;
}

uint32_t
symbol_find(const struct symbols *t, const char *s, size_t len)
{
	uint32_t i = slot_of(t, s, len, hash_of(t, s, len));

	return t->slot[i] ? t->slot[i] - 1 : NONE;
}

uint32_t
symbol_of(struct symbols *t, const char *s, size_t len)
{
	uint32_t hash = hash_of(t, s, len), i = slot_of(t, s, len, hash);
	struct symbol *y;

	if (t->slot[i])
		return t->slot[i] - 1;
	if (t->n >= t->slots / 2) {
		grow(t);
		i = slot_of(t, s, len, hash);
	}
	y = new_symbol(t);
	y->s = s;
	y->len = (uint32_t)len;
	y->hash = hash;
	t->slot[i] = t->n;
	return t->n - 1;
}

struct symbol *
symbol_at(struct symbols *t, const char *s, size_t len)
{
	uint32_t i = symbol_of(t, s, len);

	return &t->v[i];
}
