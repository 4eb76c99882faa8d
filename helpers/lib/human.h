/* Amounts for people: one format each for ages, sizes and spans of time. */
#ifndef AOINB_HUMAN_H
#define AOINB_HUMAN_H

#include <stdint.h>

enum { HUMAN_MAX = 32 };

/* Each writes to out, and returns it. */

/* How long ago something was: "90s", "15m", "6h", "12d".  "-" for what lies in
 * the future, since a clock was wrong then or is wrong now. */
char *human_age(char out[HUMAN_MAX], int64_t seconds);

/* "512K", "10M", "3G". */
char *human_size(char out[HUMAN_MAX], uint64_t kib);

/* How long something took, rounded to seconds: "1:05"; from an hour on,
 * "1:02:05". */
char *human_span(char out[HUMAN_MAX], uint64_t us);

#endif
