/* Reading members out of JSON objects, such as records of our own. */
#ifndef AOINB_JSON_H
#define AOINB_JSON_H

#include "buf.h"

/* Adds to out the value of the member key of the object that text, len bytes, is;
 * members of objects within it do not count.  A string is decoded (a NUL in it is
 * refused); anything else is added as it is written.  Returns 0; or -1 with errno
 * ENOENT when there is no such member, EBADMSG when text is no object or is cut
 * off before the member's end, ENOMEM. */
int json_get(const char *text, size_t len, const char *key, struct buf *out);

/* The same as a string, which is the caller's; NULL with errno set as by json_get. */
char *json_text(const struct buf *json, const char *key);

/* Goes through an array: *at, before end, is its text at first, and moves behind what
 * was read.  Returns 1 and the next element, as it is written; 0 at the end; or -1 with
 * errno EBADMSG when that is no array. */
int json_next(const char **at, const char *end, const char **element, size_t *len);

/* Goes through the members of an object in the same way.  *key, whose old text goes, gets
 * the name.  Returns 1 and the value, as it is written; 0 at the end; or -1 with errno
 * set. */
int json_member(const char **at, const char *end, struct buf *key, const char **value,
    size_t *len);

#endif
