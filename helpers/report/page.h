/* A page of HTML, or a drawing: what is ours is put as it is, what is others' is escaped. */
#ifndef REPORT_PAGE_H
#define REPORT_PAGE_H

#include <stdint.h>

#include "buf.h"

/* Adds markup of ours; no value may come from a file.  Ends the program when there is no
 * memory, as all of these do. */
void put(struct buf *b, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* Adds text of others, as text: what a terminal would not be told is '?', and what means
 * something to HTML or XML is written as a reference. */
void put_text(struct buf *b, const char *s);
void put_bytes(struct buf *b, const char *s, size_t n);

/* The beginning of a page, to its heading, and its end.  A policy in it forbids everything
 * but the style and the script that it holds itself. */
void page_begin(struct buf *b, const char *kind, const char *name);
void page_end(struct buf *b);

/* The colours of drawings, as CSS. */
extern const char page_colours[];

/* A verdict as a word in its colour. */
void put_verdict(struct buf *b, const char *verdict);

/* The class of the colour of a verdict: ok, bad, wait or none. */
const char *verdict_class(const char *verdict);

/* Seconds since 1970 as a local time. */
void put_time(struct buf *b, int64_t at);

#endif
