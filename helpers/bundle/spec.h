/* The spec of a bundle, read, evaluated, and written again. */
#ifndef BUNDLE_SPEC_H
#define BUNDLE_SPEC_H

#include "buf.h"
#include "eval/edit.h"
#include "eval/eval.h"

struct spec {
	const char *path;	/* the caller's */
	struct buf text;
	struct eval eval;	/* its variables, for no architecture */
};

/* Reads the spec at path.  Returns 0, or an exit code after saying why; s is to be freed
 * either way. */
int spec_read(struct spec *s, const char *path);
void spec_free(struct spec *s);

/* Adds the table of sources for arch, or for none when it is NULL, to out, without digests
 * unless digests is set.  Returns 0; or -1 with the reason in w and, in line, where it
 * is, 0 when nobody knows. */
int spec_table(struct spec *s, const char *arch, int digests, struct buf *out, struct why *w,
    size_t *line);

/* Makes the edits in the file, as edit_text does with alone.  It keeps its mode and owner;
 * one that would stay as it is is not touched.  Returns 0, or an exit code after saying
 * why. */
int spec_edit(struct spec *s, const struct edit *edits, size_t n, int alone);

#endif
