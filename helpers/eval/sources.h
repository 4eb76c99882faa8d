/* The sources that a spec names, in today's form and in that of 2020. */
#ifndef AOINB_EVAL_SOURCES_H
#define AOINB_EVAL_SOURCES_H

#include <stddef.h>

#include "buf.h"
#include "eval/source.h"
#include "eval/vars.h"

/* How a table is wished. */
struct sources {
	const char *file;	/* to stand before each line, or NULL */
	int no_digests;		/* they are not looked at, and all are SKIP */
	const char *package;	/* what sources go by: see naming.h */
};

/* Adds a line for each source to out:
 *   N TAB TYPE TAB DIGEST TAB NAME TAB OPTIONS TAB URL
 * with file and a TAB before it.  Returns 0; or -1 with the reason in w and out as it
 * was. */
int sources_table(struct buf *out, const struct vars *t, const struct sources *x,
    struct why *w);

/* Whether the spec says that it has no sources: DUMMYSRC is true.  Returns 0, or
 * -1 with the reason in w when it is neither true nor false. */
int sources_none(const struct vars *t, int *none, struct why *w);

#endif
