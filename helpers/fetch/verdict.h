/* How an attempt at an item ends: done, failed, or to be tried again. */
#ifndef FETCH_VERDICT_H
#define FETCH_VERDICT_H

#include "fetch/item.h"

/* Done: its record is written, state is the word there. */
void verdict_done(struct item *it, const char *state);

/* Failed for good, with an exit code and a line that says why; or with what
 * errno says of a thing on this machine. */
void verdict_failed(struct item *it, int code, const char *why);
void verdict_failed_sys(struct item *it, const char *what);

/* The place asked last failed.  passing: it may be asked again.  The item goes
 * on to the next place, or fails with what the listed place said: mirrors may
 * lack things. */
void verdict_place(struct item *it, int code, int passing, const char *fmt, ...)
    __attribute__((format(printf, 4, 5)));

/* Another try of the same place, ms milliseconds from now. */
void verdict_retry(struct item *it, uint64_t ms);

#endif
