/* The thread that turns the bytes of a file into the bytes of an archive. */
#ifndef UNPACK_DECODE_H
#define UNPACK_DECODE_H

#include "unpack/input.h"
#include "unpack/ring.h"

/* Starts it: it reads in to its end and fills r, whose end is a failure unless
 * the packed stream was whole.  Both must live as long as the program.
 * Returns 0, or -1 with errno set. */
int decode_start(struct input *in, struct ring *r);

/* Each is a decoder's whole life, and ends r. */
void decode_xz(struct input *in, struct ring *r);
void decode_zstd(struct input *in, struct ring *r);
void decode_gzip(struct input *in, struct ring *r);

#endif
