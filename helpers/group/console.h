/* What a group says to people, and the output of its builds. */
#ifndef AOINB_GROUP_CONSOLE_H
#define AOINB_GROUP_CONSOLE_H

#include "buf.h"
#include "group/stream.h"

struct console {
	struct stream out, err;
	int board;		/* stderr is a terminal that may have a board */
	int drawn;		/* and has one: the cursor stands at its beginning */
};

void console_begin(struct console *c);

/* A line "aoinb: MESSAGE" on stderr, above the board.  Control bytes become '?'. */
void console_say(struct console *c, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

/* Text as it is, such as a table, on stderr. */
void console_text(struct console *c, const struct buf *text);

/* What the files out and err, seen from the folder dir, hold: to stdout and to
 * stderr. */
void console_copy(struct console *c, int dir, const char *out, const char *err);

/* Draws the board anew, of so many lines.  Nothing is drawn while the terminal does
 * not take what was written before. */
void console_draw(struct console *c, const struct buf *lines, unsigned rows);

void console_flush(struct console *c);

/* Writes what is left.  That ends when all of it was read, or cannot be written any
 * more, or when a signal that would end us comes from the descriptor signals, or when
 * nothing was read for timeout_ms; -1 is no limit. */
void console_drain(struct console *c, int signals, int timeout_ms);

#endif
