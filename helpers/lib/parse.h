/* Values as people write them. */
#ifndef AOINB_PARSE_H
#define AOINB_PARSE_H

#include <stdint.h>

/* Each returns 0 and stores the value, or -1 with errno set: EINVAL when s is
 * not wholly a value of that kind, ERANGE when it does not fit.  *out is
 * untouched on failure. */

/* A whole number from min to max (ERANGE outside). */
int parse_uint(const char *s, uint64_t min, uint64_t max, uint64_t *out);

/* Bytes.  "4096", "512K", "8G": K, M, G, T are powers of 1024. */
int parse_size(const char *s, uint64_t *out);

/* Seconds.  "90", "90s", "15m", "6h", "2d". */
int parse_duration(const char *s, uint64_t *out);

/* 1 for yes, y, true, on, 1; 0 for no, n, false, off, 0; in any case. */
int parse_bool(const char *s, int *out);

/* The same, and PARSE_AUTO for auto: yes where it can be, else no. */
#define PARSE_AUTO 2
int parse_auto(const char *s, int *out);

/* Whether s is a list of modifiers, "+a,-b", or "-" for none: see aoinb-tree(5). */
int parse_modifiers_ok(const char *s);

#endif
