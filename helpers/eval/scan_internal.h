/* What passing over words and over commands have of each other: a word may hold a
 * command substitution. */
#ifndef AOINB_EVAL_SCAN_INTERNAL_H
#define AOINB_EVAL_SCAN_INTERNAL_H

#include "eval/scan.h"

/* Remembers what stands at and is never closed.  Returns -1. */
int scan_unclosed(struct scan *s, const char *at);

/* Each moves p on.  They return 0, or -1 where something is never closed. */

/* One character, or everything that belongs together with it. */
int scan_piece(struct scan *s);

/* Balanced parentheses; p is at the first. */
int scan_parens(struct scan *s);

/* A list of commands, up to what closes it, or to its first command's end when
 * closer is 0. */
int scan_list(struct scan *s, char closer);

/* A comment, up to its newline. */
void scan_comment(struct scan *s);

#endif
