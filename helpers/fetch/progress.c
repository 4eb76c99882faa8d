#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "fetch/clock.h"
#include "fetch/progress.h"
#include "file.h"

#define SILENT 2000		/* milliseconds before the first line */
#define EVERY 250

static struct {
	int on, shown;
	size_t files, done;
	long long came, expected;	/* bytes over the network */
	uint64_t start, last;
} p;

void
progress_begin(size_t files)
{
	const char *term = getenv("TERM");

	p.on = isatty(STDERR_FILENO) && term && strcmp(term, "dumb");
	p.files = files;
	p.start = clock_ms();
}

void
progress_file(void)
{
	progress_clear();
	p.done++;
}

void
progress_size(long long have, long long total)
{
	if (total > have)
		p.expected += total - have;
}

void
progress_add(long long bytes)
{
	p.came += bytes;
}

void
progress_show(void)
{
	uint64_t now = clock_ms(), ms = now - p.start;
	char line[128], eta[32] = "";
	double rate;
	int n;

	if (!p.on || ms < SILENT || now - p.last < EVERY)
		return;
	p.last = now;
	rate = (double)p.came * 1000 / (double)ms;
	if (p.expected > p.came && rate > 0)
		snprintf(eta, sizeof(eta), ", %.0f s left",
		    (double)(p.expected - p.came) / rate);
	n = snprintf(line, sizeof(line), "\r\033[K%zu of %zu files, %.1f MiB, "
	    "%.1f MiB/s%s", p.done, p.files, (double)p.came / (1 << 20),
	    rate / (1 << 20), eta);
	p.shown = 1;
	if (n > 0 && file_write(STDERR_FILENO, line, (size_t)n) < 0)
		p.on = 0;
}

void
progress_clear(void)
{
	if (p.shown && file_write(STDERR_FILENO, "\r\033[K", 4) < 0)
		p.on = 0;
	p.shown = 0;
}
