/* Lists of dependencies, as defines write them. */
#ifndef AOINB_EVAL_WORDS_H
#define AOINB_EVAL_WORDS_H

#include "buf.h"

/* Adds the words of s with one blank between them and as show_escaped writes
 * them; "a | b" and "a >= 1" become the one word that they are.  Returns how many
 * bytes were added, or -1 with errno ENOMEM. */
ptrdiff_t words_put(struct buf *out, const char *s);

/* The same for what has to be installed or is provided: without the words that begin
 * with "@", which autobuild fills in when it packs, and without the "_" behind a name,
 * which tells it to write no version. */
ptrdiff_t words_packages(struct buf *out, const char *s);

#endif
