#include <inttypes.h>
#include <string.h>

#include "serve/page.h"

static int
worker_row(void *arg, const struct db_row *row)
{
	struct html *h = arg;
	const char *name = db_text(row, 0);
	int64_t seen = db_int(row, 3), now = now_s();

	html(h, "<tr><td>");
	html_state(h, page_worker_state(db_int(row, 2), seen, db_int(row, 8), now));
	html(h, "<th scope=row><a href=\"/builder/%u\">%s</a><td>%s<td class=n>%d of %d<td class=n>%s"
	    "<td class=n>%d<td class=n>", name, name, db_text(row, 1), db_int(row, 8), db_int(row, 7),
	    db_text(row, 4), db_int(row, 5));
	html_size(h, db_int(row, 6) * 1024);
	html(h, "<td class=n>");
	html_size(h, db_int(row, 9) * 1024);
	html(h, "<td class=n>%d<td class=n>", db_int(row, 10));
	html_since(h, seen, now);
	html(h, "<td class=why>%s\n", db_text(row, 11));
	return h->failed;
}

#define WORKERS \
	"SELECT w.name, (SELECT group_concat(value, ' ') FROM json_each(w.archs)), w.drain," \
	" coalesce(w.last_seen, 0), printf('%.2f', w.load), w.cpus, w.memory_mib, coalesce(w.slots, 1)," \
	" (SELECT count(*) FROM attempt a WHERE a.worker = w.id AND a.ended IS NULL)," \
	" w.disk_mib, w.failures, w.why, w.trust, w.version FROM worker w"

void
page_workers(struct req *r)
{
	struct html h;

	page_begin(r, &h, "Workers", "Workers");
	html(&h, "<h1>Workers</h1><section id=list data-live><table class=workers><caption class=hide>"
	    "Workers</caption><thead><tr><th scope=col>State<th scope=col>Name<th scope=col>Archs"
	    "<th scope=col class=n>Builds<th scope=col class=n>Load<th scope=col class=n>CPUs"
	    "<th scope=col class=n>Memory<th scope=col class=n>Disk free<th scope=col class=n>Failures"
	    "<th scope=col class=n>Last seen<th scope=col>Why</thead><tbody>\n");
	if (db_each(worker_row, &h, WORKERS " ORDER BY w.name LIMIT 1000", "") < 0) {
		req_failed(r, "worker");
		return;
	}
	html(&h, "</tbody></table></section>\n<p class=legend>");
	html_state(&h, "idle");
	html(&h, " waits for a task, ");
	html_state(&h, "busy");
	html(&h, " builds, ");
	html_state(&h, "drained");
	html(&h, " gets nothing new, ");
	html_state(&h, "away");
	html(&h, " was not heard of.</p>");
	page_end(r, &h, 200);
}

struct one {
	struct req *r;
	struct html *h;
	int found;
};

static void
button(struct html *h, const char *name, const char *verb, const char *text)
{
	html(h, "<button data-do=\"PUT /builder/%u/%s\">%s</button> ", name, verb, text);
}

static void
fact(struct html *h, const char *what, const char *fmt, int64_t n, const char *text)
{
	html(h, "<div><dt>%s<dd>", what);
	if (fmt)
		html(h, fmt, n);
	else
		html(h, "%s", text);
	html(h, "</div>");
}

static int
head(void *arg, const struct db_row *row)
{
	struct one *o = arg;
	struct html *h = o->h;
	const char *name = db_text(row, 0);
	int64_t drain = db_int(row, 2), seen = db_int(row, 3), now = now_s();

	o->found = 1;
	html(h, "<div id=head data-live><div class=title><h1>");
	html_state(h, page_worker_state(drain, seen, db_int(row, 8), now));
	html(h, " %s</h1><div class=actions>", name);
	if (o->r->who.scopes & SCOPE_ADMIN)
		button(h, name, drain ? "resume" : "drain", drain ? "Resume" : "Drain");
	html(h, "</div></div>");
	if (*db_text(row, 11))
		html(h, "<p class=reason>%s</p>", db_text(row, 11));
	html(h, "<dl class=facts>");
	fact(h, "Architectures", NULL, 0, db_text(row, 1));
	fact(h, "Packages enter", NULL, 0, db_int(row, 12) ? "by themselves" : "after a look");
	fact(h, "Builds at once", "%d", db_int(row, 7), NULL);
	fact(h, "Load", NULL, 0, db_text(row, 4));
	fact(h, "CPUs of a build", "%d", db_int(row, 5), NULL);
	html(h, "<div><dt>Memory of a build<dd>");
	html_size(h, db_int(row, 6) * 1024);
	html(h, "</div><div><dt>Disk of a build<dd>");
	html_size(h, db_int(row, 9) * 1024);
	html(h, "</div>");
	fact(h, "Failures in a row", "%d", db_int(row, 10), NULL);
	fact(h, "Version", NULL, 0, db_text(row, 13));
	html(h, "<div><dt>Last seen<dd>");
	html_since(h, seen, now);
	html(h, " ago</div></dl></div>\n");
	return h->failed;
}

void
page_worker(struct req *r)
{
	struct page_rows p = { .now = now_s() };
	struct html h;
	struct one o = { r, &h, 0 };
	int bad;

	page_begin(r, &h, r->name, "Workers ");
	p.h = &h;
	bad = db_each(head, &o, WORKERS " WHERE w.name = ?", "s", r->name) < 0;
	if (!bad && !o.found) {
		req_problem(r, 404, "worker", "there is no worker %s", r->name);
		return;
	}
	html(&h, "<section id=list data-live><h2>What it builds, and built</h2>");
	page_rows_begin(&p, "Tasks of this worker, the newest first");
	bad = bad || db_each(page_row, &p, "SELECT " PAGE_COLUMNS PAGE_FROM " WHERE t.id IN (SELECT b.task"
	    " FROM attempt b WHERE b.worker = (SELECT id FROM worker WHERE name = ?1) ORDER BY b.task"
	    " DESC LIMIT 30) ORDER BY t.id DESC LIMIT 30", "s", r->name) < 0;
	page_rows_end(&p, "It has built nothing yet.");
	html(&h, "</section>");
	if (bad)
		req_failed(r, "worker");
	else
		page_end(r, &h, 200);
}
