/* Digests into the text of a spec, with every other byte as it was. */
#ifndef AOINB_EVAL_EDIT_H
#define AOINB_EVAL_EDIT_H

#include "buf.h"
#include "eval/source.h"

struct edit {
	const char *name;
	const char *words;	/* with blanks between */
};

/* The text, a NUL behind it, with each of the n edits made, in out, which must be
 * empty.  As many words as before are put in the places of those before; else
 * they get a line each.  A name that is not set is put behind SRCS (CHKSUMS__X
 * behind SRCS__X, CHKSUM behind SRCTBL).  The result is evaluated, and differs from
 * the text in these variables only; without alone, other variables may have other values,
 * since they may be made of these.  Returns 0; or -1 with the reason in w when
 * there is no one sure place. */
int edit_text(struct buf *out, struct span text, const struct edit *edits,
    size_t n, int alone, struct why *w);

#endif
