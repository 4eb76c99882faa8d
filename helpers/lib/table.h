/* Rows of text, as columns for people or with tabs for programs. */
#ifndef AOINB_TABLE_H
#define AOINB_TABLE_H

#include <stddef.h>

#include "buf.h"

enum table_form { TABLE_TSV, TABLE_PEOPLE };

/* Cells lie in text, a NUL behind each; all of it is the table's own. */
struct table {
	struct buf text;
	size_t columns, cells;
};

/* The form that fd wants: TABLE_PEOPLE on a terminal. */
enum table_form table_form(int fd);

void table_begin(struct table *t, size_t columns);

/* The next cell, row by row.  NULL and "" become "-".  It is fit for a terminal
 * by plain_line, so that there is neither a tab nor a newline in it.
 * Returns 0, or -1 with errno ENOMEM and the table as it was. */
int table_cell(struct table *t, const char *text);

/* Columns of the terminal that the standard output, or else the standard error, is;
 * SIZE_MAX when neither is one. */
size_t table_width(void);

/* The rows to out; with heads, one for each column, above them for people.
 * Two blanks stand between columns, none behind the last.  For people no line is wider
 * than table_width: wide cells are cut, with an ellipsis, and if that is not enough the
 * last columns are left out.  Returns 0, or -1 with
 * errno ENOMEM. */
int table_print(const struct table *t, struct buf *out, enum table_form form,
    const char *const *heads);

/* The rows to fd by table_print, in the form that it wants.  Nothing at all where there is
 * no row.
 * Returns 0, or -1 with errno set. */
int table_show(const struct table *t, int fd, const char *const *heads);

void table_free(struct table *t);

#endif
