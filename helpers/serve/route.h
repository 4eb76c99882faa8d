/* The routes: one table, by which requests are told apart, which is printed as OpenAPI,
 * and which aoinb-api(7) is compared with. */
#ifndef SERVE_ROUTE_H
#define SERVE_ROUTE_H

#include <stddef.h>

#include "serve/req.h"

enum {
	ROUTE_PUBLIC = 1,	/* everybody may, where public = repo */
	ROUTE_ALWAYS = 2,	/* everybody may */
	ROUTE_LEASE = 4,	/* who has the lease */
};

struct route {
	const char *method;
	const char *path;	/* ID, A, NAME, BRANCH and PATH stand for what they say */
	int flags;
	enum scope scope;
	size_t most;		/* bytes of the body */
	void (*begin)(struct req *r);	/* of an upload: begins it, or answers */
	void (*run)(struct req *r);	/* the body is there: answers */
	const char *help;
};

extern const struct route routes[];	/* ends with a row without a method */

/* Finds the route of the request, and who asks; begins the upload that it may be.
 * Answers where it is wrong. */
void route_begin(struct req *r);

/* Wakes whoever waits for something. */
void route_wake_all(void);

/* /openapi.json. */
void route_openapi(struct req *r);
int openapi(struct buf *out);

#endif
