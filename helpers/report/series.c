#include <string.h>

#include "buf.h"
#include "file.h"
#include "report/series.h"

/* No build has used more of anything; it leaves room for sums. */
#define MOST (UINT64_C(1) << 53)

#define FIRST "elapsed_us,"

/* A line, which is taken apart.  Returns whether it is a sample. */
static int
read_line(char *line, struct sample *s)
{
	char *field, *end;
	int i;

	for (i = 0; i < S_COLUMNS; i++) {
		s->v[i] = S_UNKNOWN;
		field = strsep(&line, ",");
		if (!field || !*field)
			continue;
		if (strspn(field, "0123456789") != strlen(field))
			return 0;
		s->v[i] = strtoull(field, &end, 10);
		if (s->v[i] > MOST)
			return 0;
	}
	return s->v[S_ELAPSED] != S_UNKNOWN;
}

int
samples_read(int dir, const char *name, struct samples *s)
{
	struct buf text = { 0 };
	struct sample one;
	char *line, *end;
	int r = file_get(dir, name, SAMPLES_TEXT, &text);

	/* The first line has the names, of which ours are the first; the last may not be whole. */
	line = r == 0 && text.s && !strncmp(text.s, FIRST, sizeof(FIRST) - 1) ?
	    strchr(text.s, '\n') : NULL;
	for (line = line ? line + 1 : NULL; r == 0 && line && (end = strchr(line, '\n')); line = end + 1) {
		*end = '\0';
		if (read_line(line, &one) && (!s->len || one.v[S_ELAPSED] > s->at[s->len - 1].v[S_ELAPSED]))
			r = vec_push(s, one);
	}
	buf_free(&text);
	return r;
}

static double
most(double a, double b)
{
	return a > b ? a : b;
}

/* Goes through the bins that from to to touches: each with the part of it that is in there. */
static void
spread(struct series *t, int curve, int64_t from, int64_t to, double rate, double *gauge)
{
	double width = (double)t->span_us / BINS, a, b;
	int i = from < 0 ? 0 : (int)((double)from / width);

	for (; i < BINS && i * width < (double)to; i++) {
		a = most((double)from, i * width);
		b = (double)to < (i + 1) * width ? (double)to : (i + 1) * width;
		if (gauge)
			gauge[i] = most(gauge[i], rate);
		else if (b > a)
			t->at[curve][i] += rate * (b - a) / width;
	}
}

/* Of a counter: what it has grown by, over the time in which it has. */
static void
add_counter(struct series *t, int curve, const struct samples *s, int column, int64_t offset)
{
	uint64_t last = 0, at = 0;
	double per = curve == C_USER || curve == C_SYS ? 1 : 1e6;
	size_t i;

	for (i = 0; i < s->len; i++) {
		const uint64_t *v = s->at[i].v;

		if (v[column] == S_UNKNOWN || v[S_ELAPSED] <= at)
			continue;
		t->known[curve] = 1;
		if (v[column] > last)
			spread(t, curve, offset + (int64_t)at, offset + (int64_t)v[S_ELAPSED],
			    per * (double)(v[column] - last) / (double)(v[S_ELAPSED] - at), NULL);
		last = v[column];
		at = v[S_ELAPSED];
	}
}

/* Of the moment: it counts from the sample before on.  Those of disks are of all that
 * use it, so that only what is more than at first is shown. */
static void
add_gauge(struct series *t, int curve, const struct samples *s, int column, int64_t offset)
{
	uint64_t at = 0, first = 0, v;
	double gauge[BINS] = { 0 };
	size_t i;

	for (i = 0; i < s->len; i++) {
		v = s->at[i].v[column];
		if (v == S_UNKNOWN)
			continue;
		if (column == S_DISK && !t->known[curve])
			first = v;
		t->known[curve] = 1;
		spread(t, curve, offset + (int64_t)at, offset + (int64_t)s->at[i].v[S_ELAPSED],
		    v > first ? (double)(v - first) : 0, gauge);
		at = s->at[i].v[S_ELAPSED];
	}
	for (i = 0; i < BINS; i++)
		t->at[curve][i] += gauge[i];
}

void
series_add(struct series *t, const struct samples *s, int64_t offset_us)
{
	if (t->span_us <= 0)
		return;
	add_counter(t, C_USER, s, S_USER, offset_us);
	add_counter(t, C_SYS, s, S_SYS, offset_us);
	add_counter(t, C_READ, s, S_READ, offset_us);
	add_counter(t, C_WRITE, s, S_WRITE, offset_us);
	add_gauge(t, C_MEM, s, S_MEM, offset_us);
	add_gauge(t, C_TASKS, s, S_TASKS, offset_us);
	add_gauge(t, C_DISK, s, S_DISK, offset_us);
}

int64_t
samples_said(const struct samples *s, uint64_t bytes)
{
	uint64_t at = 0, said = 0;
	size_t i;

	for (i = 0; i < s->len; i++) {
		const uint64_t *v = s->at[i].v;

		if (v[S_LOG] == S_UNKNOWN || v[S_LOG] < said)
			continue;
		if (v[S_LOG] >= bytes)
			return (int64_t)(v[S_LOG] == said ? at : at + (uint64_t)((double)(v[S_ELAPSED] - at) *
			    (double)(bytes > said ? bytes - said : 0) / (double)(v[S_LOG] - said)));
		said = v[S_LOG];
		at = v[S_ELAPSED];
	}
	return -1;
}
