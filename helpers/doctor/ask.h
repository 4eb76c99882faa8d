/* Programs that are asked something. */
#ifndef DOCTOR_ASK_H
#define DOCTOR_ASK_H

#include "buf.h"

struct answer {
	int code;		/* as proc_code has it; 127: there is no such program */
	struct buf out, err;	/* what it said; never NULL strings */
};

/* Runs argv, found by PATH, with nothing to read, and waits for it; it is killed when we
 * die.  What it said is cut off where it is very long.  Ends the program when no process
 * can be made.  Returns its code; answer_free frees what is in a. */
int ask(struct answer *a, const char *const *argv);

#define ASK(a, ...) ask(a, (const char *const[]){ __VA_ARGS__, NULL })

void answer_free(struct answer *a);

/* The last line that it said on the standard error, without the name of a program of
 * ours in front; "code N" where it said nothing.  It is valid until answer_free. */
const char *answer_why(struct answer *a);

/* The next line of *at, cut off at its newline; NULL at the end. */
char *answer_line(char **at);

/* Whether PATH has prog. */
int ask_has(const char *prog);

#endif
