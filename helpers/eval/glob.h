/* Shell patterns: * ? [...] and backslash, as bash matches them in C.UTF-8 with
 * extglob off.
 *
 * A pattern is cut at its stars into runs that each match a fixed number of
 * characters.  Then the leftmost place for every run but the last is always
 * good enough, so nothing is ever tried twice: the cost is at most the length
 * of the pattern times that of the text. */
#ifndef AOINB_EVAL_GLOB_H
#define AOINB_EVAL_GLOB_H

#include <stddef.h>
#include <stdint.h>

/* Text as an array of characters; or of bytes, where the text or the pattern is
 * not UTF-8. */
struct runes {
	uint32_t *c;
	size_t n;
};

struct glob {
	struct runes pat;
	struct glob_part *part;
	size_t n;
	size_t length;	/* that of every match in bash's substitutions, which count
			 * a star as one character behind a "[" that is never
			 * closed; 0 for any length */
	size_t *work;	/* counted down; at 0 the answers are void */
};

enum { GLOB_SHORT = 0, GLOB_LONG = 1, GLOB_FROM_END = 2 };

/* Returns 0, or -1 with errno ENOMEM. */
int runes_make(struct runes *r, const char *s, size_t n, int bytes);
void runes_free(struct runes *r);

/* Returns 0, or -1 with errno ENOMEM. */
int glob_make(struct glob *g, const char *s, size_t n, int bytes, size_t *work);
void glob_free(struct glob *g);

/* How many of the n characters at s the pattern matches, counted from their
 * beginning (or end, with GLOB_FROM_END), as few (GLOB_SHORT) or as many
 * (GLOB_LONG) as it can; -1 when it matches none.  *never is set when it cannot
 * match further on either. */
ptrdiff_t glob_match(const struct glob *g, const uint32_t *s, size_t n, int how,
    int *never);

#endif
