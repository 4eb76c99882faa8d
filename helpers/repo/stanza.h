/* Stanzas of an index: "Name: value" a line, lines that go on with a blank, and an
 * empty line behind. */
#ifndef REPO_STANZA_H
#define REPO_STANZA_H

#include <stddef.h>

#include "buf.h"

/* Bytes of somebody else's. */
struct span {
	const char *s;
	size_t len;
};

/* Cuts the next stanza off the front of text, without the empty line.  Returns 0
 * when there is none left. */
int stanza_next(struct span *text, struct span *stanza);

/* Cuts the next field off the front of a stanza.  Blanks before the value are not in
 * it; the newlines of a value that goes on are.  Returns 0 when there is none. */
int stanza_field(struct span *stanza, struct span *name, struct span *value);

/* The value of the first field name, in any case; "" when there is none. */
struct span stanza_get(struct span stanza, const char *name);

/* What apt would mind in it, if anything: adds it to why.  apt refuses a whole index
 * for one stanza that it cannot parse, such as "Depends: a |", so what a container
 * handed out is held against what apt takes.  Returns 1 when apt would mind, 0 when
 * all is well, -1 with errno ENOMEM. */
int stanza_fault(struct span stanza, struct buf *why);

#endif
