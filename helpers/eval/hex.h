/* Numbers as the index writes them: hexadecimal, in lower case. */
#ifndef AOINB_EVAL_HEX_H
#define AOINB_EVAL_HEX_H

#include <stdint.h>

#include "buf.h"

/* Adds the character before, and n.  Returns 0, or -1 with errno ENOMEM. */
int hex_put(struct buf *b, char before, uint64_t n);

/* Reads the number at *s, which moves behind it and the character after, which
 * must be `after`.  Returns 0, or -1 when that is not there. */
int hex_get(const char **s, char after, uint64_t *n);

#endif
