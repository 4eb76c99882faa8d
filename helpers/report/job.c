#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "file.h"
#include "human.h"
#include "json.h"
#include "parse.h"
#include "report/before.h"
#include "report/job.h"
#include "report/page.h"
#include "store/layer.h"

enum { STEPS = 16, TAIL = 4096 };

static void
put_fact(struct buf *b, const char *head, const char *text)
{
	if (!text || !*text)
		return;
	put(b, "<div><dt>%s</dt><dd>", head);
	put_text(b, text);
	put(b, "</dd></div>\n");
}

static void
put_amounts(struct buf *b, const struct folder *f)
{
	static const struct { const char *head, *key; char how; } facts[] = {
		{ "Took", "wall_us", 't' }, { "Processor time", "cpu_us", 't' },
		{ "Processors busy", "parallel", ' ' }, { "Most memory", "peak_kib", 'k' },
		{ "Largest process", "maxrss_kib", 'k' }, { "Most processes", "peak_tasks", ' ' },
		{ "Read", "read_bytes", 'b' }, { "Written", "write_bytes", 'b' },
		{ "Disk used", "disk_peak_kib", 'k' }, { "Exit code", "exit", ' ' },
		{ "Killed for memory", "oom_kills", ' ' }, { "Worker", "worker", ' ' },
	};
	struct buf text = { 0 };
	char human[HUMAN_MAX];
	int64_t n;
	size_t i;

	for (i = 0; i < sizeof(facts) / sizeof(*facts); i++) {
		n = folder_number(f, facts[i].key);
		if (facts[i].how == ' ')
			put_fact(b, facts[i].head, n ? folder_fact(f, facts[i].key, &text) : NULL);
		else if (n >= 0)
			put_fact(b, facts[i].head, facts[i].how == 't' ? human_span(human, (uint64_t)n) :
			    human_size(human, (uint64_t)(facts[i].how == 'b' ? n / 1024 : n)));
	}
	buf_free(&text);
}

static void
put_head(struct buf *b, const struct folder *f)
{
	struct buf text = { 0 };
	int64_t ended = folder_number(f, "ended");

	put(b, "<p>");
	put_verdict(b, f->verdict);
	if (!strcmp(f->verdict, "running") && *folder_fact(f, "step", &text)) {
		put(b, ", in the step ");
		put_text(b, text.s);
	}
	put(b, "</p>\n<dl>\n");
	put_fact(b, "Branch", folder_fact(f, "branch", &text));
	put_fact(b, "Architecture", folder_fact(f, "arch", &text));
	put(b, "<div><dt>Began</dt><dd>");
	put_time(b, folder_number(f, "began"));
	put(b, "</dd></div>\n");
	if (ended >= 0) {
		put(b, "<div><dt>Ended</dt><dd>");
		put_time(b, ended);
		put(b, "</dd></div>\n");
	}
	put_amounts(b, f);
	put_fact(b, f->store ? "Job" : "Folder", f->id);
	put(b, "</dl>\n");
	buf_free(&text);
}

/* The end of the log, for who wants more than the lines that say why. */
static void
put_tail(struct buf *b, const struct folder *f)
{
	int fd = openat(f->dir, "log", O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	char room[TAIL];
	struct stat st;
	const char *from = room;
	ssize_t n = -1;

	if (fd >= 0 && fstat(fd, &st) == 0 && S_ISREG(st.st_mode))
		n = pread(fd, room, sizeof(room), st.st_size > TAIL ? st.st_size - TAIL : 0);
	if (n > 0) {
		if (st.st_size > TAIL)	/* not from the middle of a line */
			from = memchr(room, '\n', (size_t)n);
		from = from ? from : room;
		put(b, "<details><summary>The end of the log</summary>\n<pre>");
		put_bytes(b, from, (size_t)(room + n - from));
		put(b, "</pre></details>\n");
	}
	if (fd >= 0)
		close(fd);
}

static void
put_why(struct buf *b, const struct folder *f)
{
	struct buf text = { 0 };
	struct why w;
	size_t i;

	folder_why(f, &w);
	if (*folder_fact(f, "why", &text) == '[')	/* those lines, as a record has them */
		text.len = 0;
	if (w.n || text.len)
		put(b, "<h2>Why it failed</h2>\n");
	if (text.len) {
		put(b, "<p>");
		put_text(b, text.s);
		put(b, "</p>\n");
	}
	if (w.n)
		put(b, "<ol class=\"why\">\n");
	for (i = 0; i < w.n; i++) {
		put(b, "<li><span class=\"dim\">");
		if (w.at[i].line)
			put(b, "line %" PRIu64, w.at[i].line);
		put(b, "</span><code>");
		put_text(b, w.at[i].text);
		put(b, "</code></li>\n");
	}
	if (w.n)
		put(b, "</ol>\n");
	put_tail(b, f);
	buf_free(&text);
}

struct step {
	char *name;
	uint64_t began, ended, code;	/* microseconds since 1970 */
};

/* STEP BEGAN ENDED CODE, with tabs.  Of a step that ran again, the last counts. */
static size_t
read_steps(char *at, struct step *steps)
{
	char *line, *field[4];
	size_t n = 0, i, k;

	while (at && *at && (line = strsep(&at, "\n"))) {
		struct step s;

		for (i = 0; i < 4 && (field[i] = strsep(&line, "\t")); i++)
			;
		if (i < 4 || parse_uint(field[1], 0, INT64_MAX, &s.began) < 0 ||
		    parse_uint(field[2], s.began, INT64_MAX, &s.ended) < 0 ||
		    parse_uint(field[3], 0, 255, &s.code) < 0)
			continue;
		s.name = field[0];
		for (k = 0; k < n && strcmp(steps[k].name, s.name); k++)
			;
		n -= k < n;
		for (; k < n; k++)
			steps[k] = steps[k + 1];
		if (n < STEPS)
			steps[n++] = s;
	}
	return n;
}

static void
put_steps(struct buf *b, const struct folder *f)
{
	struct buf text = { 0 };
	struct step step[STEPS];
	char span[HUMAN_MAX];
	double all;
	size_t n, i;

	n = file_get(f->dir, "steps", STORE_TEXT, &text) == 0 ? read_steps(text.s, step) : 0;
	if (n) {
		all = (double)(step[n - 1].ended - step[0].began) + 1;
		put(b, "<h2>Steps</h2>\n<table class=\"steps\">\n<caption>When each step ran, and how it ended.</caption>\n<thead><tr><th scope=\"col\">Step</th>"
		    "<th scope=\"col\" class=\"n\">Took</th><th scope=\"col\" class=\"n\">Code</th>"
		    "<th scope=\"col\" class=\"bar\">When</th></tr></thead>\n<tbody>\n");
	}
	for (i = 0; i < n; i++) {
		put(b, "<tr><th scope=\"row\">");
		put_text(b, step[i].name);
		put(b, "</th><td class=\"n\">%.1f s</td><td class=\"n\">%" PRIu64 "</td><td class=\"bar\">"
		    "<svg width=\"100%%\" height=\"18\" role=\"img\" aria-label=\"from %s on\">"
		    "<rect class=\"%s\" x=\"%.2f%%\" y=\"3\" height=\"12\" width=\"%.2f%%\" rx=\"2\"/></svg></td></tr>\n",
		    (double)(step[i].ended - step[i].began) / 1e6, step[i].code,
		    human_span(span, step[i].began - step[0].began), step[i].code ? "bad" : "c0",
		    100 * (double)(step[i].began - step[0].began) / all,
		    100 * ((double)(step[i].ended - step[i].began) / all + .004));
	}
	if (n)
		put(b, "</tbody>\n</table>\n");
	buf_free(&text);
}

static void
put_plots(struct buf *b, const struct folder *f)
{
	struct drawing d;
	struct series t;
	char span[HUMAN_MAX];
	size_t i;
	int n;

	if (!folder_drawing(f, &t, &d))
		return;
	put(b, "<h2>What it used</h2>\n");
	for (n = 0; n < PLOTS; n++) {
		struct buf one = { 0 };

		if (draw_plot(&one, &d, n, 0))
			put(b, "<figure>%s</figure>\n", one.s);
		buf_free(&one);
	}
	if (d.marks.len)
		put(b, "<p class=\"dim\">Dotted lines: ");
	for (i = 0; i < d.marks.len; i++) {
		draw_span(span, d.marks.at[i].at_us);
		put(b, "%s%s ", i ? "; " : "", span);
		put_text(b, d.marks.at[i].text);
	}
	if (d.marks.len)
		put(b, ".</p>\n");
	vec_free(&d.marks);
}

static void
put_member(struct buf *b, const char *element, size_t len, const char *key)
{
	struct buf text = { 0 };

	if (json_get(element, len, key, &text) == 0 && text.len && strcmp(text.s, "null"))
		put_text(b, text.s);
	else
		put(b, "-");
	buf_free(&text);
}

static void
put_sources(struct buf *b, const struct folder *f)
{
	struct buf all = { 0 };
	const char *at = NULL, *s;
	size_t n, count = 0;

	while (folder_next(f, "sources", &all, &at, &s, &n)) {
		if (!count++)
			put(b, "<h2>Sources</h2>\n<div class=\"scroll\"><table>\n<caption>What was built, as it was fetched.</caption>\n"
			    "<thead><tr><th scope=\"col\">Name</th>"
			    "<th scope=\"col\">From</th><th scope=\"col\">Digest</th></tr></thead>\n<tbody>\n");
		put(b, "<tr><th scope=\"row\">");
		put_member(b, s, n, "name");
		put(b, "</th><td class=\"digest\">");
		put_member(b, s, n, "url");
		put(b, "</td><td class=\"digest\">");
		put_member(b, s, n, "digest");
		put(b, "</td></tr>\n");
	}
	if (count)
		put(b, "</tbody>\n</table></div>\n");
	buf_free(&all);
}

static void
put_layer(struct buf *b, const struct folder *f, const char *id)
{
	struct layer l = { 0 };
	struct blame blame;
	char size[HUMAN_MAX];

	put(b, "<tr><th scope=\"row\" class=\"digest\">");
	put_text(b, id);
	put(b, "</th>");
	if (f->store && store_name_ok(id) && layer_get(f->store, id, &l, &blame) == 0) {
		put(b, "<td>");
		put_text(b, l.kind ? l.kind : "-");
		put(b, "</td><td>");
		put_time(b, l.made);
		put(b, "</td><td class=\"n\">%s</td>", l.size_kib < 0 ? "-" :
		    human_size(size, (uint64_t)l.size_kib));
	} else {
		put(b, "<td>-</td><td>-</td><td class=\"n\">-</td>");
	}
	put(b, "</tr>\n");
	layer_free(&l);
}

static void
put_layers(struct buf *b, const struct folder *f)
{
	struct buf all = { 0 }, id = { 0 }, text = { 0 };
	const char *at = NULL, *s;
	size_t n, count = 0;

	while (folder_next(f, "layers", &all, &at, &s, &n)) {
		if (!count++)
			put(b, "<h2>Layers</h2>\n<div class=\"scroll\"><table>\n<caption>What the build stood on, the base "
			    "first.</caption>\n<thead><tr><th scope=\"col\">Layer</th><th scope=\"col\">Kind</th>"
			    "<th scope=\"col\">Made</th><th scope=\"col\" class=\"n\">Size</th></tr></thead>\n<tbody>\n");
		/* An element is a string: it is decoded as the member of an object. */
		id.len = 0;
		put(&id, "{\"id\":%.*s}", (int)n, s);
		text.len = 0;
		if (json_get(id.s, id.len, "id", &text) == 0 && text.len)
			put_layer(b, f, text.s);
	}
	if (count)
		put(b, "</tbody>\n</table></div>\n");
	buf_free(&all);
	buf_free(&id);
	buf_free(&text);
}

void
report_job(struct buf *b, const struct folder *f)
{
	struct buf title = { 0 };

	folder_title(f, &title);
	page_begin(b, f->store ? "job" : "task", title.s);
	put_head(b, f);
	put_why(b, f);
	put_steps(b, f);
	put_plots(b, f);
	put_packages(b, f);
	put_before(b, f);
	put_sources(b, f);
	put_layers(b, f);
	page_end(b);
	buf_free(&title);
}
