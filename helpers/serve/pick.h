/* Which tasks a list has: what the query of the request says. */
#ifndef SERVE_PICK_H
#define SERVE_PICK_H

#include "serve/db.h"
#include "serve/req.h"

enum { PICKS = 5 };

struct pick {
	const char *values[PICKS];	/* NULL: any; the request's */
	int64_t before, limit;		/* ids below before, limit of them */
};

/* The word of the query: state, branch, arch, group, package. */
const char *pick_name(int i);

/* Reads the query.  Returns 0, or -1 having answered. */
int pick_read(struct req *r, struct pick *p);

/* Calls row as db_each does for those tasks, the newest first, and for one more when there
 * are more.  select is "SELECT ... FROM task t ..." without WHERE, in which ?1 is now and
 * ?2 no value. */
int pick_each(const struct pick *p, const char *select,
    int (*row)(void *arg, const struct db_row *r), void *arg);

/* The same words again for the page behind the task last, as a header of the answer. */
void pick_link(struct req *r, const struct pick *p, int64_t last);

#endif
