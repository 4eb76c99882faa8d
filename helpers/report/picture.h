/* Drawings as pictures. */
#ifndef REPORT_PICTURE_H
#define REPORT_PICTURE_H

#include "buf.h"

/* Adds to out the PNG of svg, which rsvg-convert(1) makes.  Ends the program, having said why,
 * when it cannot: 69 when there is no such program. */
void picture_png(const struct buf *svg, struct buf *out);

#endif
