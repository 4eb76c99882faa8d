/* What this machine can build at once, where nobody says. */
#ifndef AOINB_ORDER_MACHINE_H
#define AOINB_ORDER_MACHINE_H

#include <stdint.h>

/* Each returns wanted, or what is usual on this machine when that is 0. */

/* Processors that we may run on. */
uint64_t machine_jobs(uint64_t wanted);

/* Builds at once: one for each two processors, and 4 GiB for each, at least one. */
uint64_t machine_slots(uint64_t wanted);

/* KiB that the builds may use together: all there are.  0 when /proc does not tell. */
uint64_t machine_memory_kib(uint64_t wanted);

#endif
