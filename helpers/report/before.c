#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "human.h"
#include "json.h"
#include "parse.h"
#include "report/before.h"
#include "report/page.h"
#include "store/history.h"

/* The row of history of the last build before f, in columns; h is to be closed.  Returns
 * whether there is one. */
static int
find_before(const struct folder *f, struct history *h, const char *row[HISTORY_COLUMNS])
{
	struct buf unit = { 0 }, name = { 0 }, branch = { 0 };
	const char *one[HISTORY_COLUMNS];
	int found = 0;

	*h = (struct history){ 0 };
	if (f->store && *folder_fact(f, "unit", &unit) && unit_history_name(&name, unit.s) == 0 &&
	    *folder_fact(f, "branch", &branch) && history_open(f->store, h) == 0)
		while (history_next(h, one)) {
			if (!strcmp(one[HISTORY_JOB], f->id))
				break;
			if (strcmp(one[HISTORY_NAME], name.s) || strcmp(one[HISTORY_BRANCH], branch.s))
				continue;
			memcpy(row, one, sizeof(one));
			found = 1;
		}
	buf_free(&unit);
	buf_free(&name);
	buf_free(&branch);
	return found;
}

/* The folder of the job before, where it is still there. */
static int
open_before(const struct folder *f, struct folder *before)
{
	const char *row[HISTORY_COLUMNS];
	struct history h;
	char path[JOB_PATH];
	int r = -1;

	if (find_before(f, &h, row) && store_name_ok(row[HISTORY_JOB]) &&
	    snprintf(path, sizeof(path), "jobs/%s", row[HISTORY_JOB]) < (int)sizeof(path))
		r = folder_open_at(before, f->store, path);
	if (r == 0)		/* the name it has does not live longer than h */
		before->id = f->id;
	history_close(&h);
	return r;
}

/* The members of an element that is a package, of a job or of an attempt. */
static int64_t
package(const char *s, size_t n, struct buf *name)
{
	struct buf b = { 0 };
	uint64_t bytes;
	int r;

	name->len = 0;
	if (json_get(s, n, "file", name) < 0 && json_get(s, n, "name", name) < 0)
		put(name, "%s", "");
	r = json_get(s, n, "bytes", &b) < 0 ? json_get(s, n, "size", &b) : 0;
	if (r < 0 || !b.s || parse_uint(b.s, 0, INT64_MAX, &bytes) < 0)
		bytes = 0;
	buf_free(&b);
	return (int64_t)bytes;
}

/* The size of the package whose name, up to its version, is that of file; -1: there is none. */
static int64_t
size_before(const struct folder *before, const char *file)
{
	struct buf all = { 0 }, name = { 0 };
	const char *at = NULL, *s;
	size_t n, len = strcspn(file, "_");
	int64_t size = -1, one;

	while (folder_next(before, "packages", &all, &at, &s, &n)) {
		one = package(s, n, &name);
		if (strcspn(name.s, "_") == len && !strncmp(name.s, file, len))
			size = one;
	}
	buf_free(&all);
	buf_free(&name);
	return size;
}

static void
put_change(struct buf *b, double now, double then)
{
	double change = then > 0 ? 100 * (now - then) / then : 0;

	if (then <= 0 || (change < .05 && change > -.05))
		put(b, "<td class=\"n\">%s</td>", then <= 0 ? "-" : "same");
	else
		put(b, "<td class=\"n\">%+.1f %%</td>", change);
}

static void
put_package(struct buf *b, const struct folder *before, const char *s, size_t n)
{
	struct buf name = { 0 };
	int64_t now = package(s, n, &name), then = before ? size_before(before, name.s) : -1;
	char size[HUMAN_MAX];

	put(b, "<tr><th scope=\"row\">");
	put_text(b, name.s);
	put(b, "</th><td class=\"n\">%s</td>", human_size(size, (uint64_t)(now + 1023) / 1024));
	if (before && then < 0)
		put(b, "<td class=\"n\">-</td><td class=\"n\">new</td>");
	else if (before) {
		put(b, "<td class=\"n\">%s</td>", human_size(size, (uint64_t)(then + 1023) / 1024));
		put_change(b, (double)now, (double)then);
	}
	put(b, "</tr>\n");
	buf_free(&name);
}

void
put_packages(struct buf *b, const struct folder *f)
{
	const char *key = f->store ? "packages" : "outputs";
	struct folder before;
	struct buf all = { 0 };
	const char *at = NULL, *s;
	size_t n, count = 0;
	int has = 0;

	while (folder_next(f, key, &all, &at, &s, &n)) {
		if (!count++) {
			has = open_before(f, &before) == 0;
			put(b, "<h2>Packages</h2>\n<div class=\"scroll\"><table>\n<caption>What was made.</caption>\n<thead><tr><th scope=\"col\">File</th>"
			    "<th scope=\"col\" class=\"n\">Size</th>%s</tr></thead>\n<tbody>\n", has ?
			    "<th scope=\"col\" class=\"n\">Before</th><th scope=\"col\" class=\"n\">Change</th>" : "");
		}
		put_package(b, has ? &before : NULL, s, n);
	}
	if (count)
		put(b, "</tbody>\n</table></div>\n");
	if (has)
		folder_close(&before);
	buf_free(&all);
}

static void
put_row(struct buf *b, const char *head, const char *now, const char *then)
{
	put(b, "<tr><th scope=\"row\">%s</th><td class=\"n\">", head);
	put_text(b, *now ? now : "-");
	put(b, "</td><td class=\"n\">");
	put_text(b, *then ? then : "-");
	put(b, "</td><td class=\"n\">%s</td></tr>\n", strcmp(now, then) ? "changed" : "same");
}

static void
put_number(struct buf *b, const char *head, int64_t now, const char *then, int is_time)
{
	char here[HUMAN_MAX], there[HUMAN_MAX];
	uint64_t was;

	if (now < 0 || parse_uint(then, 0, INT64_MAX, &was) < 0)
		return;
	put(b, "<tr><th scope=\"row\">%s</th><td class=\"n\">%s</td><td class=\"n\">%s</td>", head,
	    is_time ? human_span(here, (uint64_t)now) : human_size(here, (uint64_t)now),
	    is_time ? human_span(there, was) : human_size(there, was));
	put_change(b, (double)now, (double)was);
	put(b, "</tr>\n");
}

/* Whether both have the same of it. */
static void
put_same(struct buf *b, const struct folder *f, const struct folder *before, const char *head,
    const char *key)
{
	struct buf now = { 0 }, then = { 0 };

	folder_fact(f, key, &now);
	folder_fact(before, key, &then);
	put(b, "<tr><th scope=\"row\">%s</th><td class=\"n\"></td><td class=\"n\"></td><td class=\"n\">%s</td></tr>\n",
	    head, strcmp(now.s, then.s) ? "changed" : "same");
	buf_free(&now);
	buf_free(&then);
}

void
put_before(struct buf *b, const struct folder *f)
{
	const char *row[HISTORY_COLUMNS];
	struct buf now = { 0 };
	struct folder before;
	struct history h;
	uint64_t ended = 0;

	if (find_before(f, &h, row)) {
		(void)!parse_uint(row[HISTORY_ENDED], 0, INT64_MAX, &ended);
		put(b, "<h2>Since the last build</h2>\n<div class=\"scroll\"><table>\n<caption>That was job ");
		put_text(b, row[HISTORY_JOB]);
		put(b, ", which ended at ");
		put_time(b, (int64_t)ended);
		put(b, ".</caption>\n<thead><tr><th scope=\"col\">What</th><th scope=\"col\" class=\"n\">Now</th>"
		    "<th scope=\"col\" class=\"n\">Before</th><th scope=\"col\" class=\"n\">Change</th></tr></thead>\n<tbody>\n");
		put_row(b, "Verdict", f->verdict, row[HISTORY_VERDICT]);
		put_row(b, "Version", folder_fact(f, "version", &now), row[HISTORY_VERSION]);
		put_number(b, "Time", folder_number(f, "wall_us"), row[HISTORY_WALL_US], 1);
		put_number(b, "Processor time", folder_number(f, "cpu_us"), row[HISTORY_CPU_US], 1);
		put_number(b, "Most memory", folder_number(f, "peak_kib"), row[HISTORY_PEAK_KIB], 0);
		if (open_before(f, &before) == 0) {
			put_same(b, f, &before, "Sources", "sources");
			put_same(b, f, &before, "Layers", "layers");
			put_same(b, f, &before, "Bundle", "bundle.digest");
			folder_close(&before);
		}
		put(b, "</tbody>\n</table></div>\n");
	}
	history_close(&h);
	buf_free(&now);
}
