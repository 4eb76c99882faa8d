#include <inttypes.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "plain.h"
#include "serve/conf.h"
#include "serve/db.h"
#include "serve/metrics.h"
#include "serve/req.h"
#include "serve/route.h"

enum { ROUTES = 64, CODES = 24 };

static const int codes[CODES] = { 200, 201, 202, 204, 206, 304, 400, 401, 403, 404, 405, 408, 409,
    410, 413, 415, 416, 422, 426, 429, 500, 503, 507, 0 };
static atomic_llong requests[ROUTES][CODES], uploaded;
static atomic_int followers;

/* Seconds of a request, by how many were not longer. */
static const double bounds[] = { 0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 30 };
enum { BOUNDS = sizeof(bounds) / sizeof(*bounds) };
static atomic_llong longer[BOUNDS + 1], all_us;

/* One line in one write; the path is the client's. */
static void
log_access(const struct req *r, int whole, int64_t us)
{
	char line[1024];
	int n;

	if (!conf.access_log)
		return;
	n = snprintf(line, sizeof(line) - 1, "%s %s %s %.600s %d %" PRId64 " %.1f ms%s", r->addr,
	    *r->who.name ? r->who.name : "-", r->method, r->path, r->status, r->bytes,
	    (double)us / 1000, whole ? "" : " broken");
	if (n >= (int)sizeof(line) - 1)
		n = sizeof(line) - 2;
	line[n] = '\0';
	plain_line(line);
	n = (int)strlen(line);
	line[n++] = '\n';
	if (write(STDOUT_FILENO, line, (size_t)n) < 0)
		return;	/* there is nowhere to say so */
}

void
metrics_request(const struct req *r, int whole)
{
	int64_t us = now_us() - r->began_us;
	int route = r->route ? (int)(r->route - routes) : ROUTES - 1, code, i;

	for (code = 0; codes[code] && codes[code] != r->status; code++)
		;
	atomic_fetch_add(&requests[route < ROUTES ? route : ROUTES - 1][code], 1);
	/* One that follows a log says nothing about how quick we are. */
	if (!r->type || strcmp(r->type, "text/event-stream")) {
		for (i = 0; i < BOUNDS && (double)us / 1e6 > bounds[i]; i++)
			;
		atomic_fetch_add(&longer[i], 1);
		atomic_fetch_add(&all_us, us);
	}
	log_access(r, whole, us);
}

void
metrics_upload(int64_t bytes)
{
	atomic_fetch_add(&uploaded, bytes);
}

void
metrics_followers(int by)
{
	atomic_fetch_add(&followers, by);
}

static int
head(struct buf *b, const char *name, const char *type, const char *help)
{
	return buf_printf(b, "# HELP %s %s\n# TYPE %s %s\n", name, help, name, type);
}

static int
add_line(void *arg, const struct db_row *row)
{
	struct buf *b = arg;

	return buf_printf(b, "%s\n", db_text(row, 0)) < 0;
}

/* Names in labels are those that name_ok takes, which need no quoting. */
static const struct {
	const char *name, *type, *help, *sql;
} figures[] = {
	{ "aoinb_tasks", "gauge", "Tasks by state and architecture.",
	  "SELECT 'aoinb_tasks{state=\"' || state || '\",arch=\"' || arch || '\"} ' || count(*)"
	  " FROM task GROUP BY state, arch" },
	{ "aoinb_queue_oldest_seconds", "gauge", "Age of the oldest task that waits.",
	  "SELECT 'aoinb_queue_oldest_seconds{arch=\"' || arch || '\"} ' || (?1 - min(queued))"
	  " FROM task WHERE state = 'queued' AND ?1 GROUP BY arch" },
	{ "aoinb_attempts", "gauge", "Attempts that are kept, by architecture and verdict.",
	  "SELECT 'aoinb_attempts{arch=\"' || t.arch || '\",verdict=\"' || a.verdict || '\"} ' ||"
	  " count(*) FROM attempt a JOIN task t ON t.id = a.task WHERE a.verdict IS NOT NULL"
	  " GROUP BY t.arch, a.verdict" },
	{ "aoinb_worker_last_seen_timestamp_seconds", "gauge", "When a worker asked last.",
	  "SELECT 'aoinb_worker_last_seen_timestamp_seconds{worker=\"' || name || '\"} ' || last_seen"
	  " FROM worker WHERE last_seen IS NOT NULL" },
	{ "aoinb_worker_failures", "gauge", "Failures of a worker in a row.",
	  "SELECT 'aoinb_worker_failures{worker=\"' || name || '\"} ' || failures FROM worker" },
	{ "aoinb_worker_drained", "gauge", "Whether a worker gets nothing new.",
	  "SELECT 'aoinb_worker_drained{worker=\"' || name || '\"} ' || drain FROM worker" },
};

static int
put_requests(struct buf *b)
{
	int i, c, bad = head(b, "aoinb_http_requests_total", "counter", "Requests that were answered.");

	for (i = 0; i < ROUTES && !bad; i++)
		for (c = 0; c < CODES && !bad; c++)
			if (atomic_load(&requests[i][c]))
				bad = buf_printf(b, "aoinb_http_requests_total{route=\"%s %s\",code=\"%d\"} "
				    "%lld\n", i < ROUTES - 1 ? routes[i].method : "-",
				    i < ROUTES - 1 ? routes[i].path : "-", codes[c],
				    (long long)atomic_load(&requests[i][c])) < 0;
	return bad ? -1 : 0;
}

static int
put_seconds(struct buf *b)
{
	long long sum = 0;
	int i, bad = head(b, "aoinb_http_request_seconds", "histogram", "How long they took.");

	for (i = 0; i <= BOUNDS && !bad; i++) {
		sum += atomic_load(&longer[i]);
		bad = i < BOUNDS ? buf_printf(b, "aoinb_http_request_seconds_bucket{le=\"%g\"} %lld\n",
		    bounds[i], sum) < 0 :
		    buf_printf(b, "aoinb_http_request_seconds_bucket{le=\"+Inf\"} %lld\n", sum) < 0;
	}
	return bad || buf_printf(b, "aoinb_http_request_seconds_sum %.6f\n"
	    "aoinb_http_request_seconds_count %lld\n", (double)atomic_load(&all_us) / 1e6,
	    sum) < 0 ? -1 : 0;
}

static int
put_server(struct buf *b)
{
	struct statvfs v;
	int64_t free_bytes = fstatvfs(conf.at, &v) == 0 ?
	    (int64_t)v.f_bavail * (int64_t)v.f_frsize : 0;

	return head(b, "aoinb_build_info", "gauge", "Which aoinb it is.") < 0 ||
	    buf_printf(b, "aoinb_build_info{version=\"%s\"} 1\n", AOINB_VERSION) < 0 ||
	    head(b, "aoinb_log_followers", "gauge", "Who reads a log while it grows.") < 0 ||
	    buf_printf(b, "aoinb_log_followers %d\n", atomic_load(&followers)) < 0 ||
	    head(b, "aoinb_upload_bytes_total", "counter", "Bytes that were uploaded.") < 0 ||
	    buf_printf(b, "aoinb_upload_bytes_total %lld\n", (long long)atomic_load(&uploaded)) < 0 ||
	    head(b, "aoinb_disk_free_bytes", "gauge", "Room on the server's disk.") < 0 ||
	    buf_printf(b, "aoinb_disk_free_bytes %" PRId64 "\n", free_bytes) < 0 ? -1 : 0;
}

void
metrics_get(struct req *r)
{
	size_t i;
	int bad = put_server(&r->out) < 0;

	for (i = 0; i < sizeof(figures) / sizeof(*figures) && !bad; i++)
		bad = head(&r->out, figures[i].name, figures[i].type, figures[i].help) < 0 ||
		    db_each(add_line, &r->out, figures[i].sql, "i", now_s()) < 0;
	if (bad || put_requests(&r->out) < 0 || put_seconds(&r->out) < 0) {
		req_failed(r, "metrics");
		return;
	}
	r->type = "text/plain; version=0.0.4; charset=utf-8";
	req_answer(r, 200);
}
