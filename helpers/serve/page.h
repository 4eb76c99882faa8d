/* Pages for people: what a browser gets where a program gets JSON. */
#ifndef SERVE_PAGE_H
#define SERVE_PAGE_H

#include "serve/db.h"
#include "serve/html.h"
#include "serve/req.h"

/* Whether a browser asks, that shows what it gets. */
int page_wanted(const struct req *r);

/* Answers with a page, where the route has one and a browser asks.  Returns whether it
 * did. */
int page_answer(struct req *r);

/* Begins a page; its title is a text.  Page is what the navigation marks. */
void page_begin(struct req *r, struct html *h, const char *title, const char *page);

/* Ends it, and answers with it. */
void page_end(struct req *r, struct html *h, int status);

/* The answer, which is an error, as a page; with a form for a token where one is
 * missing. */
void page_problem(struct req *r);

void page_overview(struct req *r);
void page_tasks(struct req *r);
void page_task(struct req *r);
void page_workers(struct req *r);
void page_worker(struct req *r);
void page_package(struct req *r);

/* Files of the pages: /web/NAME. */
void web_get(struct req *r);

/* --- page_rows.c */

/* What a row of a list shows of a task, from PAGE_FROM; ?1 is now. */
#define PAGE_COLUMNS \
	"t.id, t.name, t.branch, t.arch, t.state, t.why, t.verdict, w.name, a.step," \
	" coalesce(a.began, 0), coalesce(t.ended, 0), coalesce(t.queued, t.created)," \
	" coalesce(a.cpu_us, 0), coalesce(a.peak_kib, 0)," \
	" (SELECT o.name FROM output o WHERE o.task = t.id AND o.n = t.attempts LIMIT 1)," \
	" CASE WHEN t.state = 'running' THEN (SELECT b.ended - b.began FROM task u JOIN attempt b" \
	"  ON b.task = u.id AND b.n = u.attempts WHERE u.name = t.name AND u.arch = t.arch AND" \
	"  u.state = 'ok' ORDER BY u.id DESC LIMIT 1) END, coalesce(t.repo, ''), t.attempts"
#define PAGE_FROM \
	" FROM task t LEFT JOIN attempt a ON a.task = t.id AND a.n = t.attempts" \
	" LEFT JOIN worker w ON w.id = a.worker"

struct page_rows {
	struct html *h;
	int64_t now, n;		/* n: rows so far */
	int64_t last;		/* id of the last */
	int64_t most;		/* rows; those behind are counted, not shown; 0: no end */
};

/* The head of such a list, a row for db_each, and what is behind the last: text when there
 * was none. */
void page_rows_begin(struct page_rows *p, const char *caption);
int page_row(void *rows, const struct db_row *row);
void page_rows_end(struct page_rows *p, const char *none);

/* The version in NAME_VERSION_ARCH.deb, into out; "" where there is none. */
enum { PAGE_VERSION = 80 };
void page_version(char out[PAGE_VERSION], const char *deb);

/* What is there to say of a worker: its state in a word, of what the table has. */
const char *page_worker_state(int64_t drain, int64_t last_seen, int64_t running, int64_t now);

#endif
