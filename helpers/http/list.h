/* Lists and members of JSON that a server sent. */
#ifndef HTTP_LIST_H
#define HTTP_LIST_H

#include <stdint.h>

#include "buf.h"

/* Calls each for every element of the list text, in order, with it as it is written: a
 * string in its quotes, an object in its braces.  Stops when each does not return 0.
 * Returns 0; or -1 with errno EBADMSG when text is no list, or as each left it. */
int list_each(const char *text, int (*each)(void *arg, const char *s, size_t len), void *arg);

/* Adds to out the string that the len characters at s are in JSON.  Returns 0, or -1 with
 * errno EBADMSG when they are none. */
int list_string(const char *s, size_t len, struct buf *out);

/* The member key of the object text, "" when there is none or it is null; in place of
 * what out had.  Returns 0, or -1 with errno set. */
int member_text(const struct buf *text, const char *key, struct buf *out);

/* The same of a number from 0 on; *n stays as it is when there is none. */
int member_number(const struct buf *text, const char *key, int64_t *n);

#endif
