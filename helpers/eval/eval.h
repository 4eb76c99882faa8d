/* The assignments of a `spec` or `defines`, evaluated as bash would, with
 * nothing executed and nothing looked up outside the text. */
#ifndef AOINB_EVAL_EVAL_H
#define AOINB_EVAL_EVAL_H

#include <stddef.h>
#include <stdint.h>

#include "buf.h"
#include "eval/vars.h"

enum {
	EVAL_FILE = 4 << 20,	/* bytes a text may have */
	EVAL_VALUE = 1 << 20,	/* bytes a value may have */
	EVAL_DEPTH = 100,	/* ${ within ${ */
	EVAL_REPORTS = 1000,	/* in a lenient run */
	EVAL_WORK = 1 << 26,	/* bytes moved and characters compared, in all */
};

struct eval {
	/* Set by the caller. */
	int lenient;		/* report what cannot be evaluated, and go on */
	int sure;		/* a condition on what nobody has set is not known:
				 * who runs the text may have it set */
	void (*report)(void *arg, size_t line, const char *what);
	void *arg;

	struct vars vars;	/* the result; own marks the text's */

	/* For report: whether it is about an array, which is called name. */
	int array;
	char name[256];		/* being assigned */

	/* Inner matters. */
	const char *text, *p;
	uint32_t serial;	/* of the statement */
	unsigned depth;
	size_t work;
	struct buf value;
	int inside, asking;	/* an if, the condition of one */
	const char *bad_at;	/* what failed last, */
	char bad[256];		/* why, */
	int fatal;		/* and whether that ends a lenient run too */
	unsigned reports;
	size_t line;		/* line of line_at: lines are counted only once */
	const char *line_at;
};

/* Returns 0, or -1 with errno ENOMEM. */
int eval_init(struct eval *e);
void eval_free(struct eval *e);

/* Evaluates len bytes at s into e->vars, beside what is set there.  s[len] must
 * be there for a NUL, and CRs at line ends are taken out of s.  Returns 0, or
 * -1 after a report: at once; or, when lenient, only where nothing behind can
 * be made sense of (a NUL, a limit passed).  What was set stays set.
 *
 * Needs LC_CTYPE to be C.UTF-8 (or any UTF-8) for case and character classes
 * beyond ASCII. */
int eval_text(struct eval *e, char *s, size_t len);

#endif
