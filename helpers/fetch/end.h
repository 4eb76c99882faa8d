/* How a try of an item ends: done, failed, or to be tried again. */
#ifndef FETCH_END_H
#define FETCH_END_H

#include "fetch/item.h"

/* Done: its record is written, state is the word there. */
void end_done(struct item *it, const char *state);

/* Failed for good, with an exit code and a line that says why; or with what
 * errno says of a thing on this machine. */
void end_failed(struct item *it, int code, const char *why);
void end_failed_sys(struct item *it, const char *what);

/* The place asked last failed.  passing: it may be asked again.  The item goes
 * on to the next place, or fails with what the listed place said: mirrors may
 * lack things. */
void end_place(struct item *it, int code, int passing, const char *fmt, ...)
    __attribute__((format(printf, 4, 5)));

/* Another try of the same place, ms milliseconds from now. */
void end_try(struct item *it, uint64_t ms);

#endif
