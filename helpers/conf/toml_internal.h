/* What the reader of TOML and that of its values share. */
#ifndef AOINB_CONF_TOML_INTERNAL_H
#define AOINB_CONF_TOML_INTERNAL_H

#include "buf.h"
#include "conf/toml.h"

/* Where the reader is. */
struct toml_at {
	const char *p;		/* a NUL is behind the last character */
	int line;
	struct toml_fault *f;
};

/* Says what is wrong, for which -1 is returned. */
int toml_bad(struct toml_at *at, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

/* Ends the program for want of memory when r is negative. */
void toml_must(int r);

/* Adds to b the string that begins here; keys have one of a single line.  Returns 0, or
 * -1 after toml_bad. */
int toml_string(struct toml_at *at, int one_line, struct buf *b);

/* The number, truth value, date or time that begins here; text goes to b.  Returns 0,
 * or -1 after toml_bad. */
int toml_word(struct toml_at *at, enum toml_type *type, struct buf *b);

#endif
