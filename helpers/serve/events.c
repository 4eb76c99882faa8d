#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "serve/bell.h"
#include "serve/db.h"
#include "serve/events.h"
#include "serve/http.h"
#include "serve/metrics.h"
#include "serve/upload.h"

enum { QUIET = 15000000, PATIENCE = 1000 };

struct watcher {
	struct stream s;
	int64_t task;		/* 0: all */
	int64_t last;		/* event that was sent */
	int logs;		/* the size of the last attempt's log is told, too */
	int64_t n, size;	/* as it was told */
	int64_t sent_us;
	int socket, failed;
	struct bell_seen seen;
	struct buf out;
	size_t out_at;
};

static void
watcher_free(struct stream *s)
{
	struct watcher *w = (struct watcher *)s;

	if (w->logs)
		bell_readers(w->task, -1);
	buf_free(&w->out);
	free(w);
}

static int
add(void *arg, const struct db_row *row)
{
	struct watcher *w = arg;

	w->last = db_int(row, 0);
	w->failed |= buf_printf(&w->out, "id: %" PRId64 "\nevent: task\ndata: %s\n\n", w->last,
	    db_text(row, 1)) < 0;
	return w->failed;
}

#define EVENT \
	"SELECT id, json_object('id', id, 'task', task, 'at', at, 'what', what, 'detail', detail)" \
	" FROM event WHERE id > ?1"

static int
fetch(struct watcher *w)
{
	int r = w->task ?
	    db_each(add, w, EVENT " AND task = ?2 ORDER BY id LIMIT 100", "ii", w->last, w->task) :
	    db_each(add, w, EVENT " ORDER BY id LIMIT 100", "i", w->last);

	return r < 0 || w->failed ? -1 : 0;
}

/* How long the log of the last attempt is, when that is news. */
static int
fetch_log(struct watcher *w)
{
	char path[80];
	int64_t n = 0, size;

	if (db_get("SELECT attempts FROM task WHERE id = ?", "i|i", w->task, &n) < 0)
		return -1;
	snprintf(path, sizeof(path), "task/%" PRId64 "/%" PRId64 "/log", w->task, n);
	size = n ? upload_size(path) : 0;
	size = size < 0 ? 0 : size;
	if (w->n == n && w->size == size)
		return 0;
	w->n = n;
	w->size = size;
	return buf_printf(&w->out, "event: log\ndata: {\"attempt\":%" PRId64 ",\"size\":%" PRId64
	    "}\n\n", n, size);
}

static ssize_t
watcher_read(struct stream *s, char *at, size_t max)
{
	struct watcher *w = (struct watcher *)s;
	size_t n;

	while (w->out_at == w->out.len) {
		w->out_at = w->out.len = 0;
		if (http_ending() || fetch(w) < 0 || (w->logs && fetch_log(w) < 0))
			return -1;
		if (w->out.len)
			break;
		if (now_us() - w->sent_us > QUIET && buf_puts(&w->out, ":\n\n") < 0)
			return -1;
		if (!w->out.len && !bell_wait(w->logs ? w->task : BELL_EVENTS, &w->seen, PATIENCE) &&
		    socket_gone(w->socket))
			return -1;
	}
	w->sent_us = now_us();
	n = w->out.len - w->out_at < max ? w->out.len - w->out_at : max;
	memcpy(at, w->out.s + w->out_at, n);
	w->out_at += n;
	return (ssize_t)n;
}

void
events_get(struct req *r)
{
	const char *last = http_header(r, "Last-Event-ID");
	int64_t task = req_query(r, "task", 1, INT64_MAX, 0);
	int64_t after = req_query(r, "after", 0, INT64_MAX, -1);
	int64_t logs = req_query(r, "log", 0, 1, 0);
	struct watcher *w;

	if (!r->status && logs && !task)
		req_problem(r, 400, "request", "log=1 wants task=ID");
	if (r->status)
		return;
	w = calloc(1, sizeof(*w));
	if (!w) {
		req_failed(r, "events");
		return;
	}
	w->s = (struct stream){ watcher_read, watcher_free };
	w->task = task;
	w->socket = http_socket(r);
	w->sent_us = now_us();
	w->logs = (int)logs;
	w->n = -1;
	w->seen = bell_seen(logs ? task : BELL_EVENTS);
	if (logs)
		bell_readers(task, 1);
	w->last = last && *last >= '0' && *last <= '9' ? strtoll(last, NULL, 10) : after;
	/* Without a number: what happens from now on. */
	if (w->last < 0 && db_get("SELECT coalesce(max(id), 0) FROM event", "|i", &w->last) < 0) {
		watcher_free(&w->s);
		req_failed(r, "events");
		return;
	}
	http_timeout(r, 0);
	r->stream = &w->s;
	r->type = "text/event-stream";
	req_head(r, "Cache-Control", "no-cache");
	req_head(r, "X-Accel-Buffering", "no");
	req_answer(r, 200);
}
