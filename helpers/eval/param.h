/* ${...} taken apart: what its operators get. */
#ifndef AOINB_EVAL_PARAM_H
#define AOINB_EVAL_PARAM_H

#include "eval/eval_internal.h"

/* The parameter that ${...} is about. */
struct param {
	const char *open;	/* its "${" */
	char name[256];
	const char *value;	/* "" when unset */
	size_t len;
	int set;
	const struct piece *to;
};

/* Puts s where the expansion stands.  Returns 0, or -1 when a limit is passed. */
int param_put(struct eval *e, const struct param *v, const char *s, size_t len);

/* The operators that have patterns: each is at e->p, which ends at the "}".
 * Each returns 0, or -1 after eval_fail. */
int pattern_trim(struct eval *e, struct param *v);		/* # ## % %% */
int pattern_substitute(struct eval *e, struct param *v);	/* / // /# /% */
int pattern_case(struct eval *e, struct param *v);		/* ^ ^^ , ,, */

#endif
