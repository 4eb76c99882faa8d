/* What else a plan goes by: what apt can install, and how long builds took. */
#ifndef AOINB_PLAN_KNOWN_H
#define AOINB_PLAN_KNOWN_H

#include "plan/plan.h"

/* Reads the names that apt can install out of a file: one a line, or an index of
 * apt's, of which it takes Package and Provides.  Returns 0; or -1 with errno set. */
int known_read(struct plan *p, const char *file);

/* The last successful build of something, for this branch rather than for another. */
struct took {
	uint64_t us, kib;
	uint64_t most_us, most_kib;	/* of all successful ones, for any branch */
	const char *job;	/* its job, which may be gone; lives as long as the plan */
	int here;		/* for this branch */
};

struct times {
	VEC(struct took) took;
	uint64_t usual_us;	/* for what was never built */
};

void times_read(struct plan *p, struct times *t);

/* NULL when the folder was never built. */
const struct took *times_of(struct plan *p, const struct times *t,
    const struct folder *f);

void times_free(struct times *t);

#endif
