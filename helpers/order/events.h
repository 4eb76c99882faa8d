/* What has become of the units until now. */
#ifndef AOINB_ORDER_EVENTS_H
#define AOINB_ORDER_EVENTS_H

#include "order/sched.h"

/* What an event that puts a unit into a state is called. */
extern const char *const event_name[STATES];

/* Sets the unit that line, "EVENT TAB UNIT" without its newline, is about; line is
 * taken apart.  Returns 0; or -1 with errno EBADMSG and the reason in f. */
int event_read(struct sched *s, const struct units *all, char *line,
    struct fault *f);

/* Reads lines "EVENT TAB UNIT" from text, len bytes and a NUL behind them, which
 * is taken apart, and sets the units of s to what their last one says.  A last
 * line without its newline was not written to its end, and is left out.  Returns
 * 0, or -1 with errno EBADMSG and f set. */
int events_read(struct sched *s, const struct units *all, char *text,
    size_t len, struct fault *f);

#endif
