/* The report of a group. */
#ifndef REPORT_GROUP_H
#define REPORT_GROUP_H

#include "buf.h"
#include "report/draw.h"
#include "report/members.h"

/* Adds the page. */
void report_group(struct buf *b, const struct members *m);

/* What all of it used, as drawings. */
void group_drawing(const struct members *m, struct drawing *d);

#endif
