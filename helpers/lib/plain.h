/* Text of others, made fit to be kept and shown. */
#ifndef AOINB_PLAIN_H
#define AOINB_PLAIN_H

#include "buf.h"

/* Takes the user and the password out of every URL in text, where it is:
 * "https://me:secret@host/x" becomes "https://host/x".  Who may be told of a source need
 * not be told how to get it. */
void plain_urls(char *text);

/* The same in a copy, to be freed; NULL with errno ENOMEM. */
char *plain_urls_copy(const char *text);

/* Whether plain is url without its user and password. */
int plain_is(const char *plain, const char *url);

/* Text on its way to a terminal, piece by piece.  Begins as { 0 }, or with bare set when
 * there are to be no colours. */
struct plain {
	enum { PLAIN_TEXT, PLAIN_ESCAPE, PLAIN_CSI, PLAIN_STRING, PLAIN_STRING_ESCAPE } at;
	char held[32];		/* of a sequence or a character that is not whole yet */
	unsigned n;
	int bare;
	int coloured;		/* a colour was let through, and not reset */
	int cr;			/* a carriage return is held */
};

/* Adds to out what a terminal may be told of the n bytes at s: UTF-8, with newlines and
 * tabs, and sequences that set colours and the like (SGR, ECMA-48 8.3.117).  Other
 * escape sequences go; other control characters, those of C1 (U+0080 to U+009F),
 * those that turn the direction of text (Unicode, UAX 9) and bytes that are no UTF-8
 * become '?'.  A carriage return that no newline follows begins a new line, so that
 * nothing is written over.  Returns 0, or -1 with errno ENOMEM. */
int plain_put(struct plain *p, const char *s, size_t n, struct buf *out);

/* Whether there are to be none, as NO_COLOR says. */
int plain_bare(void);

/* The end of the text: what was held, and a reset of colours.  Returns 0, or -1 with
 * errno ENOMEM. */
int plain_end(struct plain *p, struct buf *out);

/* Makes text, which is one line, fit for a terminal where it is: everything above but
 * UTF-8 that is printed becomes '?'. */
void plain_line(char *text);

/* The same of text that has lines. */
void plain_lines(char *text);

#endif
