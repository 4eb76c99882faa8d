#include <string.h>

#include "serve/pick.h"
#include "serve/page.h"
#include "serve/queue.h"
#include "serve/task.h"

/* --- the overview */

/* A list of tasks under a heading; where is the end of a SELECT. */
static int
section(struct html *h, const char *id, const char *title, const char *more, const char *where,
    const char *none)
{
	struct page_rows p = { .h = h, .now = now_s() };
	struct buf sql = { 0 };
	int bad;

	html(h, "<section id=%s data-live><h2>%s", id, title);
	if (more)
		html(h, " <a class=more href=\"%s\">all</a>", more);
	html(h, "</h2>");
	page_rows_begin(&p, title);
	bad = buf_printf(&sql, "SELECT " PAGE_COLUMNS PAGE_FROM " %s", where) < 0 ||
	    db_each(page_row, &p, sql.s, "") < 0;
	page_rows_end(&p, none);
	html(h, "</section>\n");
	buf_free(&sql);
	return bad ? -1 : 0;
}

static void
figure(struct html *h, const char *href, const char *class, int64_t n, const char *what)
{
	html(h, "<li class=%s><a href=\"%s\"><b>%d</b> %s</a>", class, href, n, what);
}

static int
figures(struct html *h)
{
	int64_t running, queued, ok, failed, up, all, now = now_s();

	if (db_get("SELECT (SELECT count(*) FROM task WHERE state = 'running'),"
	    " (SELECT count(*) FROM task WHERE state = 'queued'),"
	    " (SELECT count(*) FROM task WHERE ended > ?1 - 86400 AND state = 'ok'),"
	    " (SELECT count(*) FROM task WHERE ended > ?1 - 86400 AND state IN ('failed', 'error')),"
	    " (SELECT count(*) FROM worker WHERE last_seen > ?1 - 150 AND NOT drain),"
	    " (SELECT count(*) FROM worker)", "i|iiiiii", now, &running, &queued, &ok, &failed, &up,
	    &all) < 0)
		return -1;
	html(h, "<ul class=figures id=figures data-live>");
	figure(h, "/task?state=running", "running", running, "running");
	figure(h, "/task?state=queued", "queued", queued, "queued");
	figure(h, "/task?state=ok", "ok", ok, "built in 24 hours");
	figure(h, "/task?state=failed", "failed", failed, "failed in 24 hours");
	html(h, "<li class=up><a href=/builder><b>%d</b> of %d workers</a></ul>\n", up, all);
	return 0;
}

static int
queue_row(void *arg, const struct db_row *row)
{
	struct html *h = arg;
	struct buf why = { 0 };

	html(h, "<tr><th scope=row><a href=\"/task?state=queued&amp;arch=%u\">%s</a><td class=n>%d"
	    "<td class=n>", db_text(row, 0), db_text(row, 0), db_int(row, 1));
	html_since(h, db_int(row, 2), now_s());
	html(h, "<td class=n>%d<td class=n>%d<td class=why>", db_int(row, 3), db_int(row, 4));
	h->failed |= queue_why(db_int(row, 5), 0, &why) < 0;
	html(h, "%s\n", why.s);
	buf_free(&why);
	return h->failed;
}

/* What waits, by architecture, beside who could take it. */
static int
queue(struct html *h)
{
	html(h, "<section id=queue data-live><h2>Queue</h2><table><caption class=hide>Queue</caption>"
	    "<thead><tr><th scope=col>Arch<th scope=col class=n>Queued<th scope=col class=n>Oldest"
	    "<th scope=col class=n>Running<th scope=col class=n>Workers<th scope=col>The oldest</thead><tbody>\n");
	if (db_each(queue_row, h, "SELECT arch, sum(state = 'queued') q, min(CASE state WHEN 'queued'"
	    " THEN queued END), sum(state = 'running'), (SELECT count(*) FROM worker w WHERE NOT drain"
	    " AND last_seen > ?1 - 150 AND EXISTS(SELECT 1 FROM json_each(w.archs) WHERE value ="
	    " t.arch OR t.arch = 'noarch')), min(CASE state WHEN 'queued' THEN id END) FROM task t WHERE state IN ('queued', 'running')"
	    " GROUP BY arch ORDER BY q DESC", "i", now_s()) < 0)
		return -1;
	html(h, "</tbody></table></section>\n");
	return 0;
}

static int
chip(void *arg, const struct db_row *row)
{
	struct html *h = arg;

	html(h, "<li><a href=\"/builder/%u\">%s</a> ", db_text(row, 0), db_text(row, 0));
	html_state(h, page_worker_state(db_int(row, 1), db_int(row, 2), db_int(row, 3), now_s()));
	html(h, "<small>%d/%d</small> <small class=archs>%s</small>",
	    db_int(row, 3), db_int(row, 4), db_text(row, 5));
	return h->failed;
}

static int
chips(struct html *h)
{
	html(h, "<section id=workers data-live><h2>Workers <a class=more href=/builder>all</a></h2>"
	    "<ul class=chips>");
	if (db_each(chip, h, "SELECT name, drain, coalesce(last_seen, 0), (SELECT count(*) FROM"
	    " attempt a WHERE a.worker = w.id AND a.ended IS NULL), coalesce(slots, 1), (SELECT"
	    " group_concat(value, ' ') FROM json_each(w.archs)) FROM worker w ORDER BY name"
	    " LIMIT 200", "") < 0)
		return -1;
	html(h, "</ul></section>\n");
	return 0;
}

/* Beside each other, where there is room. */
static int
between(struct html *h)
{
	int bad;

	html(h, "<div class=two>");
	bad = queue(h) < 0 || chips(h) < 0;
	html(h, "</div>");
	return bad ? -1 : 0;
}

void
page_overview(struct req *r)
{
	struct html h;

	page_begin(r, &h, "Overview", "Overview");
	html(&h, "<h1 class=hide>Overview</h1>");
	if (figures(&h) < 0 ||
	    section(&h, "running", "Running", "/task?state=running",
	    "WHERE t.state = 'running' ORDER BY t.id DESC LIMIT 30", "Nothing is running.") < 0 ||
	    between(&h) < 0 ||
	    section(&h, "failures", "Last failures", "/task?state=failed", "WHERE t.id IN (SELECT * FROM"
	    " (SELECT id FROM task WHERE state = 'failed' ORDER BY id DESC LIMIT 8) UNION ALL"
	    " SELECT * FROM (SELECT id FROM task WHERE state = 'error' ORDER BY id DESC LIMIT 8))"
	    " ORDER BY t.id DESC LIMIT 8", "Nothing has failed.") < 0 ||
	    section(&h, "built", "Last built", "/task?state=ok", "WHERE t.state = 'ok'"
	    " ORDER BY t.id DESC LIMIT 8", "Nothing was built yet.") < 0)
		req_failed(r, "overview");
	else
		page_end(r, &h, 200);
}

/* --- the list */

static const char *const states[] = {
	"new", "ready", "queued", "running", "ok", "failed", "error", "cancelled", NULL
};

static void
filter(struct html *h, const struct pick *p)
{
	static const char *const labels[] = { "State", "Branch", "Arch", "Group", "Package" };
	int i, k;

	html(h, "<form class=filter method=get action=/task role=search>"
	    "<label>State <select name=state><option value=\"\">any");
	for (i = 0; states[i]; i++)
		html(h, p->values[0] && !strcmp(p->values[0], states[i]) ? "<option selected>%s" :
		    "<option>%s", states[i]);
	html(h, "</select></label>");
	for (k = 1; k < PICKS; k++)
		html(h, "<label>%s <input name=%s value=\"%s\" size=10 autocapitalize=off></label>",
		    labels[k], pick_name(k), p->values[k]);
	html(h, "<button>Show</button> <a href=/task>Clear</a></form>\n");
}

static void
next_page(struct html *h, const struct pick *p, int64_t last)
{
	int i;

	html(h, "<p class=pages><a rel=next href=\"/task?before=%d&amp;limit=%d", last, p->limit);
	for (i = 0; i < PICKS; i++)
		if (p->values[i])
			html(h, "&amp;%s=%u", pick_name(i), p->values[i]);
	html(h, "\">Older tasks →</a></p>");
}

void
page_tasks(struct req *r)
{
	struct page_rows rows;
	struct pick p;
	struct html h;

	if (pick_read(r, &p) < 0)
		return;
	page_begin(r, &h, "Tasks", "Tasks");
	rows = (struct page_rows){ .h = &h, .now = now_s(), .most = p.limit };
	html(&h, "<h1>Tasks</h1>");
	filter(&h, &p);
	html(&h, "<div id=list data-live>");
	page_rows_begin(&rows, "Tasks, the newest first");
	if (pick_each(&p, "SELECT " PAGE_COLUMNS PAGE_FROM, page_row, &rows) < 0) {
		req_failed(r, "task");
		return;
	}
	page_rows_end(&rows, "No task is like that.");
	if (rows.n > p.limit)
		next_page(&h, &p, rows.last);
	html(&h, "</div>");
	page_end(r, &h, 200);
}
