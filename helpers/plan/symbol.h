/* Every name that a plan meets, once each, and what it stands for. */
#ifndef AOINB_PLAN_SYMBOL_H
#define AOINB_PLAN_SYMBOL_H

#include <stddef.h>
#include <stdint.h>

#define NONE UINT32_MAX

/* Folders of the tree, by number: the first of n, and the first of those that fit
 * the architecture. */
struct choice {
	uint32_t n, first, last;
	uint32_t nfit, fit;
};

/* A folder that makes a name; good is the greater the better, and 0 for none. */
struct maker {
	uint32_t folder, good;
};

struct symbol {
	const char *s;		/* len bytes, with no NUL behind them */
	uint32_t len, hash;

	uint32_t folder;	/* whose unit is called so, or NONE */
	uint32_t group;		/* which group is, or NONE */
	struct choice by_package, by_base;
	struct maker maker[2];	/* the best two, of different folders */
	uint32_t giver[2];	/* the first two of the plan's units that give it */
	uint32_t key_of;	/* the unit that is called so in file names, or NONE */
	uint32_t lacked_by;	/* the last unit that lacks this word, or NONE */
	uint32_t took;		/* its number among the times of builds, or NONE */
	uint8_t apt;		/* apt can install it */
	uint8_t live;		/* a unit of the graph gives it, */
	uint8_t own;		/* and as a name of its own */
	uint8_t packed;		/* it is told what a server needs of it */
	uint8_t walked;		/* a group with its modifiers was gone through */
};

struct symbols {
	struct symbol *v;
	uint32_t n, room;
	uint32_t *slot;		/* number + 1 into v; 0 is free */
	uint32_t slots;		/* a power of two */
	uint64_t key[2];	/* which nobody knows, so that none can make names that
				 * fall into one slot */
};

/* Each dies where memory ends. */
void symbols_begin(struct symbols *t);
void symbols_free(struct symbols *t);

/* The number of the len bytes at s, which are added when they are new and have to
 * last as long as t. */
uint32_t symbol_of(struct symbols *t, const char *s, size_t len);

/* The same itself, which moves when another is added. */
struct symbol *symbol_at(struct symbols *t, const char *s, size_t len);

/* The number, but NONE for what is not in t. */
uint32_t symbol_find(const struct symbols *t, const char *s, size_t len);

#endif
