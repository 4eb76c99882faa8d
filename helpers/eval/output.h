/* Standard output, in large pieces. */
#ifndef AOINB_EVAL_OUTPUT_H
#define AOINB_EVAL_OUTPUT_H

#include "buf.h"

/* Writes out and empties it, when it holds `least` bytes or more.  Dies with
 * EX_IOERR when that cannot be written. */
void output_flush(struct buf *out, size_t least);

#endif
