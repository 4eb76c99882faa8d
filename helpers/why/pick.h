/* Which of the lines that say something matter. */
#ifndef WHY_PICK_H
#define WHY_PICK_H

#include "why/rules.h"
#include "why/why.h"

enum { PICK_MORE = 3 };

/* Hits near each other, of one failure as it is hoped. */
struct hits {
	int weight;		/* of the best; 0 when there is none */
	unsigned char flags;
	struct why_line best, after[PICK_MORE], more[PICK_MORE];
	size_t afters, mores;
	uint64_t last;		/* line of the last */
};

struct pick {
	struct hits before, now;	/* since the last end: the best of those, the newest */
	struct hits chosen;		/* by an end */
	struct why_line end;		/* the first of the last run of ends */
	uint64_t end_last;		/* line of the last; 0 when there was none */
	struct why_line last;		/* the one before; at the end, the last of all */
	unsigned after;			/* lines that belong to the best yet */
	int trace;			/* a trace goes on */
};

/* The next line, which is not blank: number, text fit for people, and its rule, or NULL. */
void pick_line(struct pick *p, uint64_t line, const char *text, const struct why_rule *r);

/* What matters of all of them. */
void pick_end(struct pick *p, const char *verdict, struct why *out);

#endif
