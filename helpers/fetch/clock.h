#ifndef FETCH_CLOCK_H
#define FETCH_CLOCK_H

#include <stdint.h>

/* Milliseconds of a clock that only goes forward. */
uint64_t clock_ms(void);

#endif
