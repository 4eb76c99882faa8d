/* Drawings as SVG: as wide as there is room, with text of one size whatever that is. */
#ifndef REPORT_DRAW_H
#define REPORT_DRAW_H

#include "buf.h"
#include "report/series.h"

enum { PLOTS = 5, PLOT_HEIGHT = 158 };

/* A moment in a drawing. */
struct mark {
	int64_t at_us;
	char text[64];
};
struct marks { VEC(struct mark); };

struct drawing {
	const struct series *series;
	struct marks marks;
	double peak_kib;	/* the most memory, as the kernel counted; 0: not known */
};

/* The plot i of the PLOTS there are, which begins at y.  Nothing when nothing of it is known;
 * returns whether there is one. */
int draw_plot(struct buf *b, const struct drawing *d, int i, int y);

/* All of them as a file of its own, with this title. */
void draw_file(struct buf *b, const struct drawing *d, const char *title);

/* Words for the amount v, for a curve. */
void draw_amount(char out[32], int curve, double v);

/* Words for a moment. */
void draw_span(char out[32], int64_t us);

/* Two small charts for a terminal: of columns columns, of blocks unless ascii, in colours
 * unless bare. */
void draw_terminal(struct buf *b, const struct drawing *d, int columns, int ascii, int bare);

#endif
