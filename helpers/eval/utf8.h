/* Characters, as bash counts them in a UTF-8 locale. */
#ifndef AOINB_EVAL_UTF8_H
#define AOINB_EVAL_UTF8_H

#include <stddef.h>
#include <stdint.h>

/* Reads the character at s, n > 0 bytes, into *c.  Returns its length, or 0 when
 * these bytes are none. */
size_t utf8_get(const char *s, size_t n, uint32_t *c);

/* The bytes that the character at s takes; one when it is none. */
size_t utf8_step(const char *s, size_t n);

/* Writes c to s, which has room for 4.  Returns its length. */
size_t utf8_put(char *s, uint32_t c);

/* Whether s is characters throughout. */
int utf8_valid(const char *s, size_t n);

/* How many characters s has; a byte that is none counts as one. */
size_t utf8_count(const char *s, size_t n);

/* Where in s character number k begins; n when it has not so many. */
size_t utf8_offset(const char *s, size_t n, size_t k);

#endif
