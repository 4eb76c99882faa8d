/* The variables of one file: a table by name that keeps the order in which they
 * came.  Names and values lie in one arena, so a value stays where it is, and
 * as it is, until vars_reset. */
#ifndef AOINB_EVAL_VARS_H
#define AOINB_EVAL_VARS_H

#include <stddef.h>
#include <stdint.h>

enum {
	VARS_ARENA = 16 << 20,	/* bytes for all names and values ever set */
	VARS_MAX = 4096,	/* names; also bounds what colliding hashes cost */
};

struct var {
	const char *name;
	const char *value;	/* ends with a NUL; NULL while unset */
	const char *old;	/* value before statement `serial` set it */
	size_t name_len, len, old_len;
	uint32_t hash, serial;
	int own;		/* set by the file, not only beforehand */
	int array;		/* and as an array, whose elements nobody knows */
};

struct vars {
	struct var *v;
	size_t n;
	uint16_t *slot;		/* index + 1 into v; 0 is free */
	char *arena;
	size_t used;
};

/* Returns 0, or -1 with errno ENOMEM. */
int vars_init(struct vars *t);
void vars_free(struct vars *t);

/* Forgets everything; pointers got before are void. */
void vars_reset(struct vars *t);

/* NULL when no such name was ever set since vars_reset. */
struct var *vars_find(const struct vars *t, const char *name, size_t len);

/* Sets name to a copy of value.  serial tells statements apart: the first time
 * a statement sets a variable, what it was is kept for vars_undo.  Returns the
 * variable, or NULL with errno ENOSPC when VARS_ARENA or VARS_MAX is reached. */
struct var *vars_set(struct vars *t, const char *name, size_t name_len,
    const char *value, size_t len, uint32_t serial);

/* Remembers that name is an array.  Returns 0, or -1 with errno ENOSPC as vars_set. */
int vars_array(struct vars *t, const char *name, size_t len);

/* Takes back what statement serial set. */
void vars_undo(struct vars *t, uint32_t serial);

/* The value of a variable by its C string name, NULL when unset. */
const char *vars_get(const struct vars *t, const char *name);

#endif
