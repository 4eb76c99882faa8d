#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "human.h"
#include "report/draw.h"
#include "report/page.h"

enum { TOP = 36, HIGH = 100 };	/* of a plot, in pixels */

/* What is more than that is not told apart. */
#define AMOUNT 1e15

/* A plot: one or two curves, the second upon the first or beside it. */
static const struct plot {
	const char *title;
	int n, stacked;
	struct { int curve, colour; const char *name; } c[2];
} plots[PLOTS] = {
	{ "Processors busy", 2, 1, { { C_USER, 0, "user" }, { C_SYS, 1, "system" } } },
	{ "Memory", 1, 0, { { C_MEM, 2, "" } } },
	{ "Processes and threads", 1, 0, { { C_TASKS, 0, "" } } },
	{ "Storage, a second", 2, 1, { { C_READ, 2, "read" }, { C_WRITE, 1, "written" } } },
	{ "Disk used, more than at first", 1, 0, { { C_DISK, 0, "" } } },
};

void
draw_amount(char out[32], int curve, double v)
{
	char size[HUMAN_MAX];

	v = v > AMOUNT ? AMOUNT : v;
	if (curve == C_USER || curve == C_SYS)
		snprintf(out, 32, v < 10 ? "%.1f" : "%.0f", v);
	else if (curve == C_TASKS)
		snprintf(out, 32, "%.0f", v);
	else if (curve == C_READ || curve == C_WRITE)
		snprintf(out, 32, "%s/s", human_size(size, (uint64_t)(v / 1024)));
	else
		snprintf(out, 32, "%s", human_size(size, (uint64_t)v));
}

void
draw_span(char out[32], int64_t us)
{
	char span[HUMAN_MAX];

	if (us < 60000000)
		snprintf(out, 32, "%.1f s", (double)us / 1e6);
	else
		snprintf(out, 32, "%s", human_span(span, (uint64_t)us));
}

static double
value(const struct series *t, const struct plot *p, int bin)
{
	double v = t->at[p->c[0].curve][bin];

	return p->n > 1 && p->stacked ? v + t->at[p->c[1].curve][bin] : v;
}

static double
highest(const struct drawing *d, const struct plot *p)
{
	double top = 0;
	int i;

	for (i = 0; i < BINS; i++)
		if (value(d->series, p, i) > top)
			top = value(d->series, p, i);
	return top;
}

/* A round number that is not below v: 1, 2 or 5 and zeros; of sizes a power of two. */
static double
round_up(double v, int curve)
{
	double r = 1, unit;

	if (curve == C_MEM || curve == C_DISK || curve == C_READ || curve == C_WRITE) {
		for (r = curve == C_READ || curve == C_WRITE ? 1024 : 64; r < v; r *= 2)
			;
		return r * .75 >= v ? r * .75 : r;
	}
	for (unit = 1; unit * 10 < v; unit *= 10)
		;
	for (r = unit; r < v; r += unit)
		;
	return r;
}

/* The area of curve k, from what lies below it. */
static void
put_area(struct buf *b, const struct drawing *d, const struct plot *p, int k, double top)
{
	const double *low = k && p->stacked ? d->series->at[p->c[0].curve] : NULL;
	const double *v = d->series->at[p->c[k].curve];
	int i;

	put(b, "<path class=\"c%d\" d=\"M0 %d", p->c[k].colour, HIGH);
	for (i = 0; i < BINS; i++)
		put(b, "V%.1fH%d", HIGH - HIGH * (v[i] + (low ? low[i] : 0)) / top, i + 1);
	if (low)
		for (i = BINS - 1; i >= 0; i--)
			put(b, "V%.1fH%d", HIGH - HIGH * low[i] / top, i);
	put(b, low ? "Z\"/>" : "V%dZ\"/>", HIGH);
}

static void
put_scale(struct buf *b, const struct drawing *d, const struct plot *p, double top)
{
	char text[32];
	int i;

	for (i = 0; i <= 2; i++)
		put(b, "<line class=\"grid\" x1=\"0\" x2=\"100%%\" y1=\"%d\" y2=\"%d\"/>",
		    TOP + i * HIGH / 2, TOP + i * HIGH / 2);
	for (i = 0; i < 2; i++) {
		draw_amount(text, p->c[0].curve, top * (2 - i) / 2);
		put(b, "<text class=\"dim%s\" x=\"0\" y=\"%d\">%s</text>", i ? " halo" : "",
		    TOP - 4 + i * HIGH / 2, text);
	}
	for (i = 0; i <= 4; i++) {
		draw_span(text, d->series->span_us * i / 4);
		put(b, "<text class=\"dim\" x=\"%d%%\" y=\"%d\" text-anchor=\"%s\">%s</text>", 25 * i,
		    TOP + HIGH + 15, i == 0 ? "start" : i == 4 ? "end" : "middle", text);
	}
}

static void
put_marks(struct buf *b, const struct drawing *d, int words)
{
	double at, last = 0, width;
	size_t i;

	for (i = 0; i < d->marks.len; i++) {
		at = 100.0 * (double)d->marks.at[i].at_us / (double)d->series->span_us;
		if (at < 0 || at > 100)
			continue;
		put(b, "<g><title>");
		put_text(b, d->marks.at[i].text);
		put(b, "</title><line class=\"mark\" x1=\"%.2f%%\" x2=\"%.2f%%\" y1=\"%d\" y2=\"%d\"/>", at, at,
		    TOP, TOP + HIGH);
		width = 2.4 * (double)strlen(d->marks.at[i].text);	/* of a hundred, on a narrow page */
		if (words && at >= last && at + width < 100) {
			put(b, "<text class=\"dim halo\" dx=\"4\" x=\"%.2f%%\" y=\"%d\">", at, TOP + 12);
			put_text(b, d->marks.at[i].text);
			put(b, "</text>");
			last = at + width;
		}
		put(b, "</g>");
	}
}

/* What it shows, in words. */
static void
put_words(struct buf *b, const struct drawing *d, const struct plot *p, int id, double top)
{
	char high[32], mean[32];
	double sum = 0;
	int i;

	for (i = 0; i < BINS; i++)
		sum += value(d->series, p, i);
	draw_amount(high, p->c[0].curve, top);
	draw_amount(mean, p->c[0].curve, sum / BINS);
	put(b, "<title id=\"plot%d\">%s: %s at most, %s on average</title>", id, p->title, high, mean);
}

int
draw_plot(struct buf *b, const struct drawing *d, int i, int y)
{
	const struct plot *p = &plots[i];
	double high = highest(d, p), top;
	int k, peak = p->c[0].curve == C_MEM && d->peak_kib > 0;

	if (!d->series->known[p->c[0].curve] || d->series->span_us <= 0)
		return 0;
	top = round_up(peak && d->peak_kib > high ? d->peak_kib : high, p->c[0].curve);
	put(b, "<svg y=\"%d\" width=\"100%%\" height=\"%d\" role=\"img\" aria-labelledby=\"plot%d\">", y,
	    PLOT_HEIGHT, i);
	put_words(b, d, p, i, high);
	put(b, "<text x=\"0\" y=\"13\" font-weight=\"600\">%s</text><text x=\"100%%\" y=\"13\" text-anchor=\"end\">",
	    p->title);
	for (k = 0; k < p->n && p->n > 1; k++)
		put(b, "<tspan class=\"c%d\">&#160; \xe2\x96\xa0&#160;</tspan>%s", p->c[k].colour, p->c[k].name);
	if (peak)
		put(b, "<tspan class=\"over\">- -&#160;</tspan>the kernel's peak");
	put(b, "</text>");
	put(b, "<svg y=\"%d\" width=\"100%%\" height=\"%d\" viewBox=\"0 0 %d %d\" preserveAspectRatio=\"none\">",
	    TOP, HIGH, BINS, HIGH);
	for (k = 0; k < p->n; k++)
		put_area(b, d, p, k, top);
	put(b, "</svg>");
	put_scale(b, d, p, top);
	if (peak)
		put(b, "<line class=\"peak\" x1=\"0\" x2=\"100%%\" y1=\"%.1f\" y2=\"%.1f\"/>",
		    TOP + HIGH - HIGH * d->peak_kib / top, TOP + HIGH - HIGH * d->peak_kib / top);
	put_marks(b, d, i == 0);
	put(b, "</svg>\n");
	return 1;
}

void
draw_file(struct buf *b, const struct drawing *d, const char *title)
{
	struct buf all = { 0 };
	int i, n = 0;

	for (i = 0; i < PLOTS; i++)
		n += draw_plot(&all, d, i, 34 + n * (PLOT_HEIGHT + 6));
	put(b, "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"940\" height=\"%d\" role=\"img\">\n<title>",
	    54 + n * (PLOT_HEIGHT + 6));
	put_text(b, title);
	put(b, "</title>\n<style>%s.paper{fill:#fff}@media screen and (prefers-color-scheme:dark){.paper{fill:#0d1117}}</style>\n"
	    "<rect class=\"paper\" width=\"100%%\" height=\"100%%\"/>\n<svg x=\"20\" y=\"10\" width=\"900\">"
	    "<text x=\"0\" y=\"18\" font-size=\"15\" font-weight=\"600\">", page_colours);
	put_text(b, title);
	put(b, "</text>\n%s</svg>\n</svg>\n", all.s ? all.s : "");
	buf_free(&all);
}
