/* Colours, as SGR sets them (ECMA-48, 8.3.117), carried from one line to the next. */
#ifndef SERVE_SGR_H
#define SERVE_SGR_H

#include <stddef.h>
#include <stdint.h>

#include "buf.h"

/* All 0: the terminal's own.  A colour is 0, 1 + that of a palette of 256, or RGB and
 * SGR_RGB. */
enum { SGR_RGB = 1 << 24 };
struct sgr {
	uint32_t fg, bg, on;	/* on: a bit for each of the codes 1 to 9 */
};

/* What the sequences in n bytes at s make of it. */
void sgr_text(struct sgr *g, const char *s, size_t n);

/* The codes that set it anew, "1;31"; nothing for the terminal's own.  Returns 0, or -1
 * with errno ENOMEM. */
int sgr_put(const struct sgr *g, struct buf *out);

#endif
