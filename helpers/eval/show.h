/* What aoinb-spec prints of a file. */
#ifndef AOINB_EVAL_SHOW_H
#define AOINB_EVAL_SHOW_H

#include "buf.h"
#include "eval/vars.h"

enum show_form { SHOW_SHELL, SHOW_JSON, SHOW_RECORDS };

/* Adds the file's own variables to out, in the order they came.  Returns 0, or
 * -1 with errno ENOMEM. */
int show_vars(struct buf *out, const struct vars *t, const char *file,
    enum show_form form);

/* Adds s with tab, newline and backslash as \t, \n and \\. */
int show_escaped(struct buf *out, const char *s, size_t len);

#endif
