#include <stdio.h>
#include <string.h>

#include "human.h"
#include "report/draw.h"
#include "report/page.h"

enum { LINES = 4, COLUMNS = 400 };

/* The most that the curves have in the part of the bins that column i of n stands for. */
static double
column(const struct series *t, const int *curves, int i, int n)
{
	int from = i * BINS / n, to = (i + 1) * BINS / n, bin;
	double v, most = 0;

	for (bin = from; bin < BINS && (bin < to || bin == from); bin++) {
		v = t->at[curves[0]][bin] + (curves[1] >= 0 ? t->at[curves[1]][bin] : 0);
		if (v > most)
			most = v;
	}
	return most;
}

static void
chart(struct buf *b, const struct drawing *d, const char *title, const int *curves, int n, int ascii,
    const char *colour)
{
	static const char *const block[] = { " ", "\xe2\x96\x81", "\xe2\x96\x82", "\xe2\x96\x83",
	    "\xe2\x96\x84", "\xe2\x96\x85", "\xe2\x96\x86", "\xe2\x96\x87", "\xe2\x96\x88" };
	static const char *const letter[] = { " ", ".", ".", ":", ":", "|", "|", "#", "#" };
	double v[COLUMNS], top = 0;
	int i, line, eighths;
	char most[32];

	for (i = 0; i < n; i++) {
		v[i] = column(d->series, curves, i, n);
		if (v[i] > top)
			top = v[i];
	}
	draw_amount(most, curves[0], top);
	put(b, "%s, %s at most\n", title, most);
	for (line = LINES - 1; line >= 0; line--) {
		put(b, "%s", colour);
		for (i = 0; i < n; i++) {
			eighths = top > 0 ? (int)(v[i] / top * 8 * LINES + .5) - 8 * line : 0;
			eighths = eighths < 0 ? 0 : eighths > 8 ? 8 : eighths;
			put(b, "%s", ascii ? letter[eighths] : block[eighths]);
		}
		put(b, "%s\n", *colour ? "\033[0m" : "");
	}
}

void
draw_terminal(struct buf *b, const struct drawing *d, int columns, int ascii, int bare)
{
	static const int cpu[] = { C_USER, C_SYS }, memory[] = { C_MEM, -1 };
	char span[HUMAN_MAX];
	int n = columns < 20 ? 20 : columns > COLUMNS ? COLUMNS : columns;

	if (d->series->known[C_USER])
		chart(b, d, "Processors busy", cpu, n, ascii, bare ? "" : "\033[34m");
	if (d->series->known[C_MEM])
		chart(b, d, "Memory", memory, n, ascii, bare ? "" : "\033[32m");
	draw_span(span, d->series->span_us);
	put(b, "0%*s\n", n - 1, span);
}
