#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "eval/vars.h"

/* Twice VARS_MAX, so that probing always meets a free slot. */
enum { SLOTS = 2 * VARS_MAX };

int
vars_init(struct vars *t)
{
	*t = (struct vars){ 0 };
	t->v = malloc(VARS_MAX * sizeof(*t->v));
	t->slot = calloc(SLOTS, sizeof(*t->slot));
	t->arena = malloc(VARS_ARENA);	/* pages come as they are used */
	if (t->v && t->slot && t->arena)
		return 0;
	vars_free(t);
	errno = ENOMEM;
	return -1;
}

void
vars_free(struct vars *t)
{
	free(t->v);
	free(t->slot);
	free(t->arena);
	*t = (struct vars){ 0 };
}

static uint32_t
hash_of(const char *s, size_t len)
{
	uint32_t h = 2166136261u;

	while (len--)
		h = (h ^ (unsigned char)*s++) * 16777619u;
	return h ^ h >> 15;
}

/* The slot that holds name, or the free one where it belongs. */
static size_t
slot_of(const struct vars *t, const char *name, size_t len, uint32_t hash)
{
	const struct var *v;
	size_t i;

	for (i = hash % SLOTS; t->slot[i]; i = (i + 1) % SLOTS) {
		v = &t->v[t->slot[i] - 1];
		if (v->hash == hash && v->name_len == len &&
		    !memcmp(v->name, name, len))
			break;
	}
	return i;
}

/* Clears from the last to the first, each found by its own probe: cheaper than
 * wiping the whole table for the dozen names of a usual file. */
void
vars_reset(struct vars *t)
{
	const struct var *v;

	while (t->n) {
		v = &t->v[--t->n];
		t->slot[slot_of(t, v->name, v->name_len, v->hash)] = 0;
	}
	t->used = 0;
}

struct var *
vars_find(const struct vars *t, const char *name, size_t len)
{
	size_t i = slot_of(t, name, len, hash_of(name, len));

	return t->slot[i] ? &t->v[t->slot[i] - 1] : NULL;
}

static const char *
keep(struct vars *t, const char *s, size_t len)
{
	char *at = t->arena + t->used;

	if (len >= VARS_ARENA - t->used) {
		errno = ENOSPC;
		return NULL;
	}
	memcpy(at, s, len);
	at[len] = '\0';
	t->used += len + 1;
	return at;
}

static struct var *
add(struct vars *t, const char *name, size_t len)
{
	uint32_t hash = hash_of(name, len);
	size_t i = slot_of(t, name, len, hash);
	struct var *v;

	if (t->slot[i])
		return &t->v[t->slot[i] - 1];
	if (t->n == VARS_MAX) {
		errno = ENOSPC;
		return NULL;
	}
	v = &t->v[t->n];
	*v = (struct var){ .name_len = len, .hash = hash };
	v->name = keep(t, name, len);
	if (!v->name)
		return NULL;
	t->slot[i] = (uint16_t)++t->n;
	return v;
}

struct var *
vars_set(struct vars *t, const char *name, size_t name_len, const char *value,
    size_t len, uint32_t serial)
{
	struct var *v = add(t, name, name_len);
	const char *copy;

	if (!v)
		return NULL;
	copy = keep(t, value, len);
	if (!copy)
		return NULL;
	if (v->serial != serial) {
		v->serial = serial;
		v->old = v->value;
		v->old_len = v->len;
	}
	v->value = copy;
	v->len = len;
	return v;
}

int
vars_array(struct vars *t, const char *name, size_t len)
{
	struct var *v = add(t, name, len);

	if (v)
		v->array = 1;
	return v ? 0 : -1;
}

void
vars_undo(struct vars *t, uint32_t serial)
{
	struct var *v;

	for (v = t->v; v < t->v + t->n; v++)
		if (v->serial == serial) {
			v->value = v->old;
			v->len = v->old_len;
		}
}

const char *
vars_get(const struct vars *t, const char *name)
{
	const struct var *v = vars_find(t, name, strlen(name));

	return v ? v->value : NULL;
}
