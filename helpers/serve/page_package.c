#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "serve/page.h"
#include "serve/package.h"
#include "serve/task.h"

/* For each branch and architecture that it was asked for: the last task that has ended, and
 * the last that was built.  ?1 is the name. */
#define CELLS \
	"WITH l AS (SELECT branch, arch, max(CASE WHEN ended IS NOT NULL THEN id END) last," \
	"  max(CASE WHEN state = 'ok' THEN id END) good FROM task WHERE name = ?1 AND branch IS NOT" \
	"  NULL GROUP BY branch, arch)," \
	" b AS (SELECT DISTINCT branch FROM l), a AS (SELECT DISTINCT arch FROM l)" \
	" SELECT b.branch, a.arch, coalesce(t.id, 0), t.state, coalesce(t.ended, 0)," \
	"  (SELECT o.name FROM output o JOIN task g ON g.id = o.task WHERE g.id = l.good AND" \
	"  o.n = g.attempts LIMIT 1)" \
	" FROM b CROSS JOIN a LEFT JOIN l ON l.branch = b.branch AND l.arch = a.arch" \
	" LEFT JOIN task t ON t.id = l.last ORDER BY 1, 2 LIMIT 400"

void
package_show(struct req *r)
{
	int got;

	if (!target_ok(r->rest)) {
		req_problem(r, 404, "package", "there is no package of that name");
		return;
	}
	got = db_get("SELECT json_object('name', ?1, 'latest', json((SELECT json_group_array(json_object("
	    "'branch', branch, 'arch', arch, 'task', last, 'state', (SELECT state FROM task WHERE id ="
	    " last), 'built', good)) FROM (SELECT branch, arch, max(CASE WHEN ended IS NOT NULL THEN id"
	    " END) last, max(CASE WHEN state = 'ok' THEN id END) good FROM task WHERE name = ?1 AND"
	    " branch IS NOT NULL GROUP BY branch, arch))), 'history', json((SELECT json_group_array("
	    "json_object('task', id, 'branch', branch, 'arch', arch, 'state', state, 'ended', ended,"
	    " 'elapsed_s', s, 'cpu_us', cpu_us, 'peak_kib', peak_kib)) FROM (SELECT t.id, t.branch,"
	    " t.arch, t.state, t.ended, a.ended - a.began s, a.cpu_us, a.peak_kib FROM task t JOIN"
	    " attempt a ON a.task = t.id AND a.n = t.attempts WHERE t.name = ?1 AND t.ended IS NOT NULL"
	    " ORDER BY t.id DESC LIMIT 100))))", "s|s", r->rest, &r->out);
	if (got < 0)
		req_failed(r, "package");
	else
		req_answer(r, 200);
}

struct matrix {
	struct html *h;
	int cells;
	char branch[256];
};

static int
matrix_head(void *arg, const struct db_row *row)
{
	struct matrix *m = arg;

	html(m->h, "<th scope=col>%s", db_text(row, 0));
	return m->h->failed;
}

static int
matrix_cell(void *arg, const struct db_row *row)
{
	struct matrix *m = arg;
	const char *branch = db_text(row, 0);
	char version[PAGE_VERSION];
	int64_t id = db_int(row, 2);

	if (!m->cells++ || strcmp(branch, m->branch))
		html(m->h, "\n<tr><th scope=row>%s", branch);
	snprintf(m->branch, sizeof(m->branch), "%s", branch);
	page_version(version, db_text(row, 5));
	html(m->h, "<td>");
	if (*version)
		html(m->h, "<span class=v>%s</span> ", version);
	if (id) {
		html(m->h, "<a href=/task/%d>", id);
		html_state(m->h, db_text(row, 3));
		html(m->h, "</a> <small>");
		html_moment(m->h, db_int(row, 4));
		html(m->h, "</small>");
	} else if (!*version) {
		html(m->h, "–");
	}
	return m->h->failed;
}

/* Bars of what the last builds took, the newest at the right. */
enum { BARS = 40, BAR = 9, TALL = 48 };
struct bars {
	struct html *h;
	int64_t most, n;
	int memory;
};

static int
bar(void *arg, const struct db_row *row)
{
	struct bars *b = arg;
	int64_t v = db_int(row, b->memory ? 2 : 1), tall = b->most ? v * TALL / b->most : 0;

	tall = tall < 1 ? 1 : tall;
	html(b->h, "<rect x=%d y=%d width=%d height=%d><title>#%d: ", b->n++ * BAR, TALL - tall,
	    (int64_t)BAR - 2, tall, db_int(row, 0));
	if (b->memory)
		html_size(b->h, v);
	else
		html_span(b->h, v);
	html(b->h, "</title></rect>");
	return b->h->failed;
}

#define BUILT \
	" FROM (SELECT t.id, a.ended - a.began s, coalesce(a.peak_kib, 0) kib FROM task t JOIN attempt a" \
	" ON a.task = t.id AND a.n = t.attempts WHERE t.name = ?1 AND t.state = 'ok'" \
	" ORDER BY t.id DESC LIMIT 40)"

static int
chart(struct html *h, const char *name, const char *what, int memory)
{
	struct bars b = { .h = h, .memory = memory };
	int64_t n = 0, last = 0, most[2] = { 0 };

	if (db_get("SELECT count(*), coalesce(max(s), 0), coalesce(max(kib), 0)" BUILT, "s|iii", name, &n,
	    &most[0], &most[1]) < 0 || (n && db_get(memory ? "SELECT kib" BUILT : "SELECT s" BUILT,
	    "s|i", name, &last) < 0))
		return -1;
	if (!n)
		return 0;
	b.most = most[memory];
	html(h, "<figure><figcaption>%s: ", what);
	if (memory)
		html_size(h, last), html(h, " the last time, "), html_size(h, b.most);
	else
		html_span(h, last), html(h, " the last time, "), html_span(h, b.most);
	html(h, " at most of %d</figcaption><svg class=bars width=%d height=%d role=img aria-label=\"%s of"
	    " the last builds\">", n, (int64_t)(BARS * BAR), (int64_t)TALL, what);
	if (db_each(bar, &b, "SELECT id, s, kib" BUILT " ORDER BY id", "s", name) < 0)
		return -1;
	html(h, "</svg></figure>\n");
	return 0;
}

static int
matrix(struct html *h, const char *name)
{
	struct matrix m = { .h = h };

	html(h, "<section id=matrix data-live><h2>Versions</h2><table class=matrix><caption class=hide>"
	    "Versions by branch and architecture</caption><thead><tr><th scope=col>Branch");
	if (db_each(matrix_head, &m, "SELECT DISTINCT arch FROM task WHERE name = ?1 AND branch IS NOT"
	    " NULL ORDER BY 1", "s", name) < 0)
		return -1;
	html(h, "</thead><tbody>");
	if (db_each(matrix_cell, &m, CELLS, "s", name) < 0)
		return -1;
	html(h, "</tbody></table></section>\n");
	return 0;
}

void
page_package(struct req *r)
{
	struct page_rows p = { .now = now_s() };
	const char *name = r->rest;
	struct html h;
	int bad;

	if (!target_ok(name)) {
		req_problem(r, 404, "package", "there is no package of that name");
		return;
	}
	page_begin(r, &h, name, "");
	p.h = &h;
	html(&h, "<div class=title><h1>%s</h1>", name);
	if (!strchr(name, '/'))
		html(&h, "<a href=\"/badge/%u.svg\"><img src=\"/badge/%u.svg\" width=140 height=20 alt=\"The badge"
		    " of the last build\"></a>", name, name);
	html(&h, "</div>");
	bad = matrix(&h, name) < 0;
	html(&h, "<section id=history data-live><h2>History</h2><div class=charts>");
	bad = bad || chart(&h, name, "Time", 0) < 0 || chart(&h, name, "Memory", 1) < 0;
	html(&h, "</div>");
	page_rows_begin(&p, "Tasks of this package, the newest first");
	bad = bad || db_each(page_row, &p, "SELECT " PAGE_COLUMNS PAGE_FROM " WHERE t.name = ?1"
	    " ORDER BY t.id DESC LIMIT 40", "s", name) < 0;
	page_rows_end(&p, "Nobody has asked for it yet.");
	html(&h, "</section>");
	if (bad)
		req_failed(r, "package");
	else
		page_end(r, &h, 200);
}
