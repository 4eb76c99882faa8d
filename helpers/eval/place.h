/* Where in the text of a spec something is assigned. */
#ifndef AOINB_EVAL_PLACE_H
#define AOINB_EVAL_PLACE_H

#include <stddef.h>

#define PLACE_BLANKS " \t\r\n"

/* Where a variable is assigned: the last time, and how often. */
struct place {
	const char *name, *end;	/* first byte of the name, behind the value */
	const char *value;
	unsigned times;
	int added;		/* by += */
};

/* Finds where name is assigned in text, which ends with a NUL.  Returns 0, or -1 where
 * the text is not made of words and comments only. */
int place_find(struct place *p, const char *text, const char *name);

/* How many bytes from s to end stand between words: blanks, and in double quotes
 * a backslash that joins lines. */
size_t place_gap(const char *s, const char *end, char quote);

/* The line, from 1, of word n, from 1, of the value of name, which has `of` words; that
 * of the assignment where the text does not show which word it is; 0 when it does not
 * show that either. */
size_t place_line(const char *text, const char *name, unsigned n, unsigned of);

#endif
