/* Passing over shell text without evaluating it: only quotes, nesting and the
 * reserved words that open and close are looked at. */
#ifndef AOINB_EVAL_SCAN_H
#define AOINB_EVAL_SCAN_H

/* Over text that ends with a NUL.  Each returns 0 with p behind what was passed;
 * or -1 with bad at what is never closed, or is nested more than SCAN_DEPTH
 * deep. */
struct scan {
	const char *p;
	const char *bad;
	unsigned depth;
};

enum { SCAN_DEPTH = 100 };

/* A word, up to a blank or an operator. */
int scan_word(struct scan *s);

/* What stands between "${" and "}": p is anywhere in it, and ends at the "}". */
int scan_brace(struct scan *s);

/* An array's elements: p is behind "(", and ends behind ")". */
int scan_array(struct scan *s);

/* A command with all that belongs to it: to the end of its line, behind its ";"
 * or "&", or behind the "fi", "done", "esac", "}" or ")" that closes it. */
int scan_command(struct scan *s);

#endif
