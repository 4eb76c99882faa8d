/* What the parts of the evaluator have between them. */
#ifndef AOINB_EVAL_INTERNAL_H
#define AOINB_EVAL_INTERNAL_H

#include "eval/eval.h"

/* Where a piece of a word stands, which decides what is special in it. */
enum place {
	VALUE,		/* NAME=here */
	BRACE,		/* ${NAME:-here} */
	QUOTED,		/* "here" */
	QUOTED_BRACE,	/* "${NAME:-here}" */
	QUOTED_AGAIN,	/* "${NAME:-"here"}" */
};

/* What a piece is for.  What is quoted in a pattern or a replacement must come
 * out literal, so it is marked by a backslash on the way. */
enum use { TEXT, PATTERN, REPLACEMENT };

/* More characters that end a piece. */
enum { STOP_SLASH = 1 << 6, STOP_COLON = 1 << 7 };

struct piece {
	struct buf *out;
	enum use use;
	enum place place;
	unsigned stop;
};

/* Remembers why what stands at cannot be evaluated.  Returns -1. */
int eval_fail(struct eval *e, const char *at, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

/* The same for a limit, which ends a lenient run too. */
int eval_limit(struct eval *e, const char *what);

/* Takes n bytes, which are about to be looked at, off the allowance.  Returns 0;
 * or -1 when that is used up. */
int eval_charge(struct eval *e, size_t n);

/* Moves over a backslash-newline, which is as if it were not there. */
static inline void
eval_join(struct eval *e)
{
	while (e->p[0] == '\\' && e->p[1] == '\n')
		e->p += 2;
}

/* Reads a name at e->p into name (256 bytes).  Returns its length, 0 when there
 * is none; or -1 when it is too long. */
int eval_name(struct eval *e, char *name);

/* The value of name: NULL when unset. */
const char *eval_get(const struct eval *e, const char *name, size_t *len);

/* The same for what stands at `at`, NULL when unset.  Returns 0; or -1 after eval_fail
 * when that cannot be told: name is an array, or decides a condition and may be set
 * elsewhere. */
int eval_look(struct eval *e, const char *at, const char *name, const char **value,
    size_t *len);

/* Returns 0; or -1 when a limit is passed. */
int eval_set(struct eval *e, const char *name, const char *value, size_t len);

/* Evaluates a statement: assignments up to the end of the line or behind ";", or an
 * if.  Returns 0; or -1 when that ends the run; or within an if, when it cannot be
 * evaluated. */
int eval_statement(struct eval *e);

/* if [[ ... ]]; then ...; elif ...; else ...; fi, where comparisons decide and what is
 * done is assignments: e->p is at the "if", and then behind the end of the command.
 * Returns 0; or -1 after eval_fail, when it cannot be evaluated. */
int branch_eval(struct eval *e);

/* Whether the word at s is `word`. */
int branch_at(const char *s, const char *word);

/* Whether all of text matches pattern, which is void then.  Returns -1 after
 * eval_fail. */
int pattern_is(struct eval *e, const struct buf *text, struct buf *pattern);

/* Adds s to w; quoted says whether it is to come out literal. */
int word_put(struct eval *e, const struct piece *w, const char *s, size_t len,
    int quoted);

/* Evaluates from e->p up to what ends such a piece, which e->p is then at. */
int word_eval(struct eval *e, const struct piece *w);

/* $'...': e->p is at the "$". */
int ansi_eval(struct eval *e, const struct piece *w);

/* ${...}: e->p is at the "$". */
int param_eval(struct eval *e, const struct piece *w);

/* The value of an arithmetic expression: sums of whole numbers and names. */
int arith_eval(struct eval *e, const char *s, int64_t *out);

#endif
