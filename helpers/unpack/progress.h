/* How far it is, for somebody who waits at a terminal. */
#ifndef UNPACK_PROGRESS_H
#define UNPACK_PROGRESS_H

#include <stdint.h>

/* Called as often as is convenient: now and then says on stderr, when that is a
 * terminal and two seconds have gone by since the first call, that read bytes of total (0 when not
 * known) have been read. */
void progress(uint64_t read, uint64_t total);

/* Clears what progress wrote. */
void progress_end(void);

#endif
