/* A plan: what is asked for, what that means, and what comes of it. */
#ifndef AOINB_PLAN_PLAN_H
#define AOINB_PLAN_PLAN_H

#include <stdint.h>

#include "buf.h"
#include "eval/tree.h"
#include "plan/symbol.h"
#include "store/store.h"
#include "vec.h"

/* What a package or a unit gives to others: a name, and the part that makes it. */
struct give {
	uint32_t name;
	uint32_t part;
};

/* A package of a unit, or what cannot be evaluated in it. */
struct part {
	const char *trouble;	/* "FILE:LINE: WHAT"; NULL for a package, which has */
	const char *name;
	const char *build, *run;	/* words with one blank between */
};

/* A folder that can be built: a unit of the tree, or a bundle by its path. */
struct folder {
	const char *unit;	/* the unit's name */
	const char *path;	/* of the folder; NULL: unit, below the tree */
	const char *version;	/* of its first package, or NULL */
	const char *unfit;	/* why it is not for the architecture, or NULL */
	uint32_t part, parts;	/* the first, and how many */
	uint32_t give, names, gives;	/* the first; names of its own; all, with those */
	uint32_t planned;	/* its number among the units of the plan, or NONE */
	uint32_t wanted;	/* likewise among those that are asked for */
	int some_fit;		/* one of its packages at least */
};

/* A target, as it is asked for. */
struct asked {
	const char *name;	/* NULL: by its path, */
	uint32_t folder;	/* and then which */
	const char *modifiers;	/* "-" for none */
};

/* A unit that is asked for. */
struct wanted {
	uint32_t folder;
	const char *modifiers;	/* "-" for none */
	const char *where;	/* they were asked for */
	int own;		/* directly, and not by a group */
};

enum unit_state { STATE_BUILD, STATE_BUILT, STATE_UNFIT, STATE_UNMET, STATE_SKIPPED };

/* A unit of the plan. */
struct planned {
	uint32_t folder;
	const char *modifiers;	/* "-" for none */
	enum unit_state state;
	int joined;		/* it was not asked for, but is needed */
	int looked;		/* it is known whether it is built */
	unsigned lacks;		/* words that nobody gives */
	struct buf why;		/* empty for no reason */

	/* From the order, as it is printed; NULL for what is not in it. */
	const char *position, *level, *seconds, *path_seconds, *start, *end, *waits;
	uint64_t kib;
};

/* A need that was given up. */
struct broken {
	const char *unit, *needs, *kind, *size;
};

struct plan {
	/* What was asked. */
	const char *tree;	/* absolute and resolved, or NULL */
	const char *arch, *branch;
	const char *modifiers;	/* of what has none of its own; "-" for none */
	int with_deps, rebuild;
	uint32_t slots;
	uint64_t memory_kib;
	int knows_apt;
	struct store store;	/* dir is -1 when there is none */

	/* What is known. */
	struct symbols names;
	struct tree rows;
	VEC(struct folder) folders;	/* those of the tree first, in its order */
	uint32_t of_tree;	/* how many these are */
	VEC(struct part) parts;
	VEC(struct give) gives;
	VEC(char *) texts;	/* that live as long as the plan */
	VEC(struct buf) files;	/* likewise */

	/* What comes of it. */
	VEC(struct asked) asked;
	VEC(const char *) groups;	/* that were read for them */
	VEC(struct wanted) wanted;
	VEC(struct planned) units;
	struct buf graph, order;	/* as aoinb-order(1) reads and prints it */
	struct buf table;	/* the order of what will be built */
	VEC(uint32_t) built_in;	/* units to be built, in that order */
	VEC(struct broken) broken;
	const char *seconds;	/* until its end */
};

/* Keeps a text, which is printed.  Dies where memory ends. */
char *plan_keep(struct plan *p, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

/* Dies, when got tells of memory that ended. */
void plan_must(int got);

/* The next word of *s, which moves behind it; its length is 0 at the end. */
const char *plan_word(const char **s, size_t *len);

/* How many of the len bytes of a word are the name: "python3:any", "a>=1". */
size_t plan_name(const char *s, size_t len);

/* The folder of a unit, absolute. */
const char *plan_path(struct plan *p, const struct folder *f);

void plan_free(struct plan *p);

#endif
