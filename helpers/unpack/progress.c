#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "file.h"
#include "unpack/progress.h"

static int shown;

static void
say(const char *line)
{
	if (file_write(STDERR_FILENO, line, strlen(line)) < 0)
		return; /* there is nowhere left to say so */
}

void
progress(uint64_t read, uint64_t total)
{
	static int64_t next;	/* milliseconds; -1 for never */
	struct timespec now;
	char line[80];
	int64_t ms;

	if (next < 0)
		return;
	clock_gettime(CLOCK_MONOTONIC_COARSE, &now);
	ms = (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
	if (!next) {
		next = isatty(STDERR_FILENO) ? ms + 2000 : -1;
		return;
	}
	if (ms < next)
		return;
	next = ms + 200;
	shown = 1;
	/* The cursor goes back, so that an error overwrites it. */
	if (total)
		snprintf(line, sizeof(line), "%6.1f of %.1f MiB, %3.0f %%  \r",
		    (double)read / 1048576, (double)total / 1048576,
		    100.0 * (double)read / (double)total);
	else
		snprintf(line, sizeof(line), "%6.1f MiB\r",
		    (double)read / 1048576);
	say(line);
}

void
progress_end(void)
{
	if (shown)
		say("\r\033[K");
	shown = 0;
}
