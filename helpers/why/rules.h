/* What lines of logs say that something failed, and how surely. */
#ifndef WHY_RULES_H
#define WHY_RULES_H

#include <stddef.h>

/* How much a line explains. */
enum {
	WHY_NOISE,	/* nothing, whatever else it looks like */
	WHY_END,	/* something failed before: the line follows from another */
	WHY_WEAK,	/* an error, of which there are many that nobody minds */
	WHY_TOOL,	/* a program ended for it */
	WHY_CAUSE,	/* the fault itself, often with its place */
};

enum {
	WHY_STAYS = 1,		/* others go on after it, so that it does not age: tests */
	WHY_TRACE = 2,		/* the first line after it that is not indented says why */
	WHY_IGNORED = 4,	/* what was said just before was no failure */
	WHY_SECTION = 8,	/* what came before went well */
};

/* A pattern is text that a line holds.  In it '*' stands for anything, '%' for a number;
 * '^' at its beginning and '$' at its end are those of the line.  There is always a part
 * of two characters or more between these. */
struct why_rule {
	const char *pattern, *kind;
	unsigned char weight;
	unsigned char after;	/* lines behind it that belong to it, blank ones aside */
	unsigned char flags;
};

/* In the order in which they are tried: the first that matches is the line's. */
extern const struct why_rule why_rules[];
extern const size_t why_rules_n;

#endif
