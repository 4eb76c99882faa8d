/* Clocks that poll(2) can wait for.  They stand while the machine sleeps. */
#ifndef RUSAGE_TIMER_H
#define RUSAGE_TIMER_H

#include <stdint.h>

/* Microseconds since some time long ago. */
uint64_t timer_now(void);

/* A descriptor, or -1 with errno set. */
int timer_new(void);

/* Rings after first_ms, then each every_ms; 0: not at all, or only once. */
void timer_set(int fd, uint64_t first_ms, uint64_t every_ms);

/* Whether it has rung since it was set, or since this was last asked. */
int timer_rang(int fd);

#endif
