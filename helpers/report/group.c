#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "human.h"
#include "report/group.h"
#include "report/page.h"

enum { LANE = 24, BAR = 20 };

void
group_drawing(const struct members *m, struct drawing *d)
{
	*d = (struct drawing){ .series = &m->series };
}

static size_t
count(const struct members *m, const char *class)
{
	size_t i, n = 0;

	for (i = 0; i < m->n; i++)
		n += !strcmp(verdict_class(m->at[i].verdict), class);
	return n;
}

static void
put_head(struct buf *b, const struct members *m)
{
	static const struct { const char *class, *head; } counts[] = {
		{ "ok", "Built" }, { "bad", "Failed" }, { "none", "Skipped or unfit" }, { "wait", "Waiting or running" },
	};
	char span[HUMAN_MAX];
	int64_t work = 0;
	size_t i;

	put(b, "<p>");
	put_verdict(b, m->state.verdict);
	put(b, "</p>\n<dl>\n<div><dt>Branch</dt><dd>");
	put_text(b, m->state.branch);
	put(b, "</dd></div>\n<div><dt>Began</dt><dd>");
	put_time(b, m->state.began);
	put(b, "</dd></div>\n<div><dt>Ended</dt><dd>");
	put_time(b, m->state.ended);
	put(b, "</dd></div>\n");
	for (i = 0; i < 4; i++)
		put(b, "<div><dt>%s</dt><dd>%zu of %zu</dd></div>\n", counts[i].head, count(m, counts[i].class),
		    m->n);
	for (i = 0; i < m->n; i++)
		work += m->at[i].wall_us > 0 ? m->at[i].wall_us : 0;
	if (m->ended_us >= 0)
		put(b, "<div><dt>Took</dt><dd>%s</dd></div>\n",
		    human_span(span, (uint64_t)(m->ended_us - m->began_us)));
	put(b, "<div><dt>Builds, one behind the other</dt><dd>%s</dd></div>\n</dl>\n",
	    human_span(span, (uint64_t)work));
}

/* What failed, and what did not come about because of it. */
static void
put_failed(struct buf *b, const struct members *m)
{
	size_t i, k, n = 0;

	for (i = 0; i < m->n; i++) {
		const struct member *u = &m->at[i];

		if (strcmp(verdict_class(u->verdict), "bad"))
			continue;
		if (!n++)
			put(b, "<h2>What failed</h2>\n<ol class=\"why\">\n");
		put(b, "<li><a href=\"#u%zu\">", i);
		put_text(b, u->unit);
		put(b, "</a><code>");
		put_text(b, *u->why ? u->why : u->verdict);
		put(b, "</code></li>\n");
	}
	if (!n)
		return;
	put(b, "</ol>\n");
	for (k = i = 0; i < m->n; i++) {
		if (strcmp(m->at[i].verdict, "skipped"))
			continue;
		put(b, k++ ? "; " : "<p>Skipped because of it: ");
		put(b, "<a href=\"#u%zu\">", i);
		put_text(b, m->at[i].unit);
		put(b, "</a> (");
		put_text(b, m->at[i].why);
		put(b, ")");
	}
	if (k)
		put(b, ".</p>\n");
}

static void
put_bar(struct buf *b, const struct members *m, size_t i)
{
	const struct member *u = &m->at[i];
	double all = (double)(m->ended_us - m->began_us), wide;
	char span[HUMAN_MAX];

	wide = 100 * (double)(u->ended_us - u->began_us) / all;
	put(b, "<a href=\"#u%zu\"><svg x=\"%.3f%%\" y=\"%u\" width=\"%.3f%%\" height=\"%d\"%s><title>", i,
	    100 * (double)(u->began_us - m->began_us) / all, u->lane * LANE + 2, wide > .15 ? wide : .15,
	    BAR, u->key ? " class=\"key\"" : "");
	put_text(b, u->unit);
	put(b, ": ");
	put_text(b, u->verdict);
	put(b, ", %s</title><rect class=\"%s\" width=\"100%%\" height=\"%d\" stroke-opacity=\"%d\"/>",
	    human_span(span, (uint64_t)(u->ended_us - u->began_us)), verdict_class(u->verdict), BAR, u->key);
	if (wide > 3) {
		put(b, "<text class=\"in\" x=\"5\" y=\"14\">");
		put_text(b, strrchr(u->unit, '/') ? strrchr(u->unit, '/') + 1 : u->unit);
		put(b, "</text>");
	}
	put(b, "</svg></a>\n");
}

static void
put_gantt(struct buf *b, const struct members *m)
{
	char span[HUMAN_MAX];
	size_t i, n = 0;

	if (!m->lanes)
		return;
	put(b, "<h2>When each was built</h2>\n<figure><div class=\"lanes\"><svg width=\"100%%\" height=\"%u\" "
	    "role=\"group\" aria-label=\"Builds over time; the table below has the same in words\">\n",
	    m->lanes * LANE);
	for (i = 0; i < m->n; i++)
		if (m->at[i].ended_us >= 0)
			put_bar(b, m, i);
	put(b, "</svg></div>\n<svg width=\"100%%\" height=\"16\" aria-hidden=\"true\">");
	for (i = 0; i <= 4; i++) {
		draw_span(span, (m->ended_us - m->began_us) / 4 * (int64_t)i);
		put(b, "<text class=\"dim\" x=\"%zu%%\" y=\"12\" text-anchor=\"%s\">%s</text>", 25 * i,
		    i == 0 ? "start" : i == 4 ? "end" : "middle", span);
	}
	put(b, "</svg>\n<figcaption>A line is a slot. Those with a border are the critical path, which the "
	    "group could not be faster than: ");
	for (i = 0; i < m->n; i++) {
		if (!m->at[i].key)
			continue;
		put(b, "%s<a href=\"#u%zu\">", n++ ? ", " : "", i);
		put_text(b, m->at[i].unit);
		put(b, "</a>");
	}
	put(b, ".</figcaption></figure>\n");
}

static void
put_plots(struct buf *b, const struct members *m)
{
	struct drawing d;
	int i, n = 0;

	group_drawing(m, &d);
	for (i = 0; i < PLOTS; i++) {
		struct buf one = { 0 };

		if (draw_plot(&one, &d, i, 0))
			put(b, "%s<figure>%s</figure>\n", n++ ? "" : "<h2>What all of them used</h2>\n", one.s);
		buf_free(&one);
	}
}

/* An amount, with what the table sorts by. */
static void
put_cell(struct buf *b, int64_t v, const char *text)
{
	put(b, "<td class=\"n\" data-v=\"%" PRId64 "\">%s</td>", v, v < 0 ? "-" : text);
}

static void
put_row(struct buf *b, const struct members *m, size_t i)
{
	const struct member *u = &m->at[i];
	char human[HUMAN_MAX];
	int64_t at = u->began_us < 0 || m->began_us < 0 ? -1 : u->began_us - m->began_us;

	put(b, "<tr id=\"u%zu\"><th scope=\"row\">", i);
	put_text(b, u->unit);
	put(b, "</th><td>");
	put_verdict(b, u->verdict);
	put(b, "</td>");
	put_cell(b, at, human_span(human, at < 0 ? 0 : (uint64_t)at));
	put_cell(b, u->wall_us, human_span(human, u->wall_us < 0 ? 0 : (uint64_t)u->wall_us));
	put_cell(b, u->cpu_us, human_span(human, u->cpu_us < 0 ? 0 : (uint64_t)u->cpu_us));
	put_cell(b, u->peak_kib, human_size(human, u->peak_kib < 0 ? 0 : (uint64_t)u->peak_kib));
	put(b, "<td>");
	put_text(b, u->version);
	put(b, "</td><td>");
	put_text(b, u->why);
	put(b, "</td></tr>\n");
}

void
report_group(struct buf *b, const struct members *m)
{
	static const char *const heads[] = { "Package", "Verdict", "Began", "Time", "CPU", "Memory",
	    "Version", "Why" };
	size_t i;

	page_begin(b, "group", m->id);
	put_head(b, m);
	put_failed(b, m);
	put_gantt(b, m);
	put_plots(b, m);
	put(b, "<h2>All packages</h2>\n<div class=\"scroll\"><table class=\"sort\">\n<caption>Times from the beginning of the first build.</caption>\n<thead><tr>");
	for (i = 0; i < sizeof(heads) / sizeof(*heads); i++)
		put(b, "<th scope=\"col\"%s>%s</th>", i >= 2 && i <= 5 ? " class=\"n\"" : "", heads[i]);
	put(b, "</tr></thead>\n<tbody>\n");
	for (i = 0; i < m->n; i++)
		put_row(b, m, i);
	put(b, "</tbody>\n</table></div>\n");
	page_end(b);
}
