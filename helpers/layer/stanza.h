/* The index of packages that apt reads: stanzas with an empty line between. */
#ifndef AOINB_LAYER_STANZA_H
#define AOINB_LAYER_STANZA_H

#include "digest.h"
#include "vec.h"

/* Names of packages, which point into a text of the caller. */
struct word {
	const char *s;
	size_t len;
};

struct words {
	struct word *at;
	size_t len, room;
};

/* Adds the first word of each line of text.  Returns 0, or -1 with errno ENOMEM. */
int words_add(struct words *w, const char *text);

/* Sorts them, and drops those that come twice. */
void words_sort(struct words *w);

/* Calls add for the words of a line "Package: " or "Provides: ", split at blanks and
 * commas, so that versions are among them.
 * Returns 0, or the first answer of add that is not 0. */

int line_words(const char *line, size_t len,
    int (*add)(void *ctx, const char *s, size_t n), void *ctx);

/* SHA-256 of the stanzas in the index path, a newline behind each, of packages that
 * are or provide one of names, which are sorted.  path may be NULL, or missing: it
 * has none then.  Returns 0, or -1 with errno set. */
int stanza_digest(const char *path, const struct words *names, char hex[DIGEST_HEX]);

#endif
