/* A growing string of bytes, and the three ways our programs write one out. */
#ifndef AOINB_BUF_H
#define AOINB_BUF_H

#include <stddef.h>
#include <stdio.h>

struct buf {
	char *s;	/* len bytes and a NUL behind them; NULL when empty */
	size_t len, room;
};

/* Each returns 0, or -1 with errno ENOMEM and b as it was. */
int buf_put(struct buf *b, const char *s, size_t len);
int buf_puts(struct buf *b, const char *s);
int buf_putc(struct buf *b, char c);
int buf_printf(struct buf *b, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

/* s as one word for sh(1): bare where that is safe, else in single quotes. */
int buf_shell(struct buf *b, const char *s);

/* s as a JSON string, quotes and all.  Bytes that are not UTF-8 become U+FFFD,
 * so that what we print is always JSON. */
int buf_json(struct buf *b, const char *s);

/* Everything fd holds from here to its end, max bytes at most (errno EFBIG
 * past that).  Returns 0, or -1 with errno set. */
int buf_read(struct buf *b, int fd, size_t max);

void buf_free(struct buf *b);

#endif
