/* What a job made, and what is otherwise than the time before. */
#ifndef REPORT_BEFORE_H
#define REPORT_BEFORE_H

#include "report/folder.h"

/* A table of its packages, with what they were before. */
void put_packages(struct buf *b, const struct folder *f);

/* A table of what it used and was made of, beside the last build of the same for that branch;
 * nothing where there was none. */
void put_before(struct buf *b, const struct folder *f);

#endif
