/* HTML that is made of texts nobody trusts: what a text holds never becomes markup. */
#ifndef SERVE_HTML_H
#define SERVE_HTML_H

#include "buf.h"

struct html {
	struct buf *out;
	int failed;		/* memory ran out: what is there is not whole */
};

/* Adds fmt, in which these stand for the next argument:
 *	%s	const char *, as text of an element or of a quoted attribute; NULL is empty
 *	%u	const char *, as one part of a URL's path or query
 *	%d	int64_t
 *	%%	a percent sign
 * fmt is markup and must be a literal. */
void html(struct html *h, const char *fmt, ...);

/* "<time data-since=AT>1:05</time>": how long it is since at, in seconds of the epoch,
 * which the page's script keeps true.  A dash when at is 0. */
void html_since(struct html *h, int64_t at, int64_t now);

/* A moment, in UTC: "2026-11-26 20:15".  A dash when at is 0. */
void html_moment(struct html *h, int64_t at);

/* What something took, in seconds: "1:05". */
void html_span(struct html *h, int64_t seconds);

/* How much memory, in KiB: "512M"; a dash for 0. */
void html_size(struct html *h, int64_t kib);

/* A state, as a word in its colour. */
void html_state(struct html *h, const char *word);

#endif
