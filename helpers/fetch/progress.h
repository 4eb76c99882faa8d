/* One line on a terminal that tells how far we are; nothing elsewhere. */
#ifndef FETCH_PROGRESS_H
#define FETCH_PROGRESS_H

#include <stddef.h>

/* Begins with this many files.  Nothing is shown in the first two seconds. */
void progress_begin(size_t files);

void progress_file(void);	/* one more is done */
void progress_size(long long have, long long total);	/* -1: not known */
void progress_add(long long bytes);	/* came just now */

/* Draws the line when it is time to; takes it away for other output. */
void progress_show(void);
void progress_clear(void);

#endif
