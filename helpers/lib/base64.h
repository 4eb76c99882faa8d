/* Bytes as text, RFC 4648, section 4. */
#ifndef AOINB_BASE64_H
#define AOINB_BASE64_H

#include "buf.h"

/* Adds the text of len bytes at s to out.  Returns 0, or -1 with errno ENOMEM. */
int base64_put(struct buf *out, const void *s, size_t len);

/* Adds to out the bytes that the len characters at s stand for; blanks and newlines
 * among them are passed over, and the characters of the URL's alphabet taken too.
 * Returns 0, or -1 with errno EBADMSG when it is none, ENOMEM. */
int base64_get(struct buf *out, const char *s, size_t len);

#endif
