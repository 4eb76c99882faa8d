/* From what is asked for to units. */
#ifndef AOINB_PLAN_ASK_H
#define AOINB_PLAN_ASK_H

#include "plan/plan.h"

/* An entry of a group: a name, and modifiers, or NULL for none. */
struct entry {
	const char *name, *modifiers;
	unsigned line;
};

struct group {
	const char *name;	/* with "groups/" before it */
	const char *link;	/* the other that it is a link to, likewise; or NULL */
	int read;
	size_t inside;		/* its place on the way that is gone, from 1; or 0 */
	VEC(struct entry) entry;
};

struct level {
	uint32_t group;
	size_t next;
	const char *modifiers;
};

struct ask {
	struct plan *p;
	int code;		/* the lowest of what went wrong, or 0 */
	const char *place;	/* where that is asked for which is looked at: on the
				 * command line; or NULL, */
	const struct group *group;	/* and then in this group */
	unsigned line;
	int dir;		/* of the groups, or -1 */
	VEC(struct group) groups;
	VEC(const char *) group_names;
	VEC(struct level) way;
};

/* Makes p->wanted of the targets, a list that ends with NULL, in the order in which
 * they are asked for.  Returns 0; or EX_DATAERR or EX_NOINPUT after it was said what
 * means nothing.  It dies for what is no target at all. */
int ask_targets(struct plan *p, char *const *targets);

/* Whether s holds a byte that could reach a terminal, or end a line. */
int ask_has_control(const char *s);

/* ---- what its parts have of each other ---- */

/* Says it, and remembers the code. */
void ask_fail(struct ask *a, int code, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

/* What a message begins with: "groups/x:3: ", or nothing. */
const char *ask_before(struct ask *a);

/* Wants a folder; modifiers are "-" for none.  Those of a group's member count only
 * where none are asked for directly. */
void ask_add(struct ask *a, uint32_t folder, const char *modifiers);

/* Wants what a name means. */
void ask_add_named(struct ask *a, const char *name, const char *modifiers);

/* Finds out what groups there are. */
void group_list(struct ask *a);

/* Wants all of the group NAME (with "groups/" before it). */
void group_walk(struct ask *a, const char *name, const char *modifiers);

void group_free(struct ask *a);

#endif
