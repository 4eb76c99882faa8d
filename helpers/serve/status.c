#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "digest.h"
#include "serve/bell.h"
#include "serve/db.h"
#include "serve/http.h"
#include "serve/pick.h"
#include "serve/queue.h"
#include "serve/task.h"
#include "serve/upload.h"

/* What a task is in a list; ?1 is now, ?2 what a queued one waits for, or nothing. */
#define FIELDS \
	"'id', t.id, 'name', t.name, 'branch', t.branch, 'arch', t.arch, 'state', t.state," \
	" 'why', coalesce(?2, t.why), 'verdict', t.verdict, 'exit', t.exit, 'priority', t.prio," \
	" 'group', t.grp, 'engine', t.engine, 'attempt', nullif(t.attempts, 0)," \
	" 'worker', w.name, 'step', a.step, 'repo', t.repo, 'created', t.created," \
	" 'queued', t.queued, 'began', a.began, 'ended', t.ended," \
	" 'elapsed_s', coalesce(a.ended, ?1) - a.began, 'version', t.version"

/* What its status has beside that. */
#define MORE \
	", 'cpu_us', a.cpu_us, 'peak_kib', a.peak_kib, 'packages', json(t.packages)," \
	" 'expected_s', (SELECT b.ended - b.began FROM task u JOIN attempt b ON b.task = u.id AND" \
	"  b.n = u.attempts WHERE u.name = t.name AND u.arch = t.arch AND u.state = 'ok'" \
	"  ORDER BY u.id DESC LIMIT 1)," \
	" 'outputs', json((SELECT json_group_array(json_object('name', o.name, 'size', o.size," \
	"  'sha256', o.sha256)) FROM output o WHERE o.task = t.id AND o.n = t.attempts))"

#define ALL \
	", 'needs', json_object('cpus', t.needs_cpus, 'memory_mib', t.needs_memory, 'disk_mib'," \
	"  t.needs_disk, 'time_s', t.needs_time), 'targets', json(t.targets), 'modifiers', t.modifiers," \
	" 'settings', json(t.settings), 'retry_of', t.retry_of, 'bundle_sha256', t.bundle_sha256," \
	" 'bundle_size', t.bundle_size, 'layout', t.layout," \
	" 'owner', (SELECT name FROM token WHERE id = t.owner)," \
	" 'attempts', json((SELECT json_group_array(json_object('n', b.n, 'worker', v.name," \
	"  'began', b.began, 'ended', b.ended, 'verdict', b.verdict, 'exit', b.exit, 'why', b.why," \
	"  'step', b.step, 'log_size', b.log_size)) FROM attempt b LEFT JOIN worker v" \
	"  ON v.id = b.worker WHERE b.task = t.id))," \
	" 'events', json((SELECT json_group_array(json_object('id', e.id, 'at', e.at, 'what'," \
	"  e.what, 'detail', e.detail)) FROM event e WHERE e.task = t.id))"

#define FROM \
	" FROM task t LEFT JOIN attempt a ON a.task = t.id AND a.n = t.attempts" \
	" LEFT JOIN worker w ON w.id = a.worker"

struct listing {
	struct buf *out;
	int64_t n, limit, last;
	int failed;
};

static int
add_row(void *arg, const struct db_row *row)
{
	struct listing *l = arg;

	if (l->n == l->limit)
		return 1;
	l->failed |= buf_puts(l->out, l->n++ ? ",\n" : "[") < 0 ||
	    buf_puts(l->out, db_text(row, 0)) < 0;
	l->last = db_int(row, 1);
	return l->failed;
}

/* Answers 304 when the client has just that. */
static void
answer_tagged(struct req *r)
{
	const char *has = http_header(r, "If-None-Match");
	char hex[DIGEST_HEX];

	if (digest_key(r->out.s, hex) < 0) {
		req_failed(r, "ETag");
		return;
	}
	hex[32] = '\0';
	req_head(r, "ETag", "\"%s\"", hex);
	req_head(r, "Cache-Control", "no-cache");
	if (has && strstr(has, hex)) {
		r->out.len = 0;
		req_answer(r, 304);
	} else {
		req_answer(r, 200);
	}
}

void
task_list(struct req *r)
{
	struct listing l = { &r->out, 0, 0, 0, 0 };
	struct pick p;

	if (pick_read(r, &p) < 0)
		return;
	l.limit = p.limit;
	if (pick_each(&p, "SELECT json_object(" FIELDS "), t.id" FROM, add_row, &l) < 0 || l.failed ||
	    buf_puts(&r->out, l.n ? "]\n" : "[]\n") < 0) {
		req_failed(r, "task");
		return;
	}
	if (l.n == l.limit)
		pick_link(r, &p, l.last);
	answer_tagged(r);
}

/* Puts the size of the log behind the other fields, as the file has it. */
static int
add_log_size(struct buf *out, int64_t id, int64_t n)
{
	char path[80];
	int64_t size = -1;

	snprintf(path, sizeof(path), "task/%" PRId64 "/%" PRId64 "/log", id, n);
	if (n)
		size = upload_size(path);
	if (out->len && out->s[out->len - 1] == '}')
		out->len--;
	return size < 0 ? buf_puts(out, ",\"log_size\":null}\n") :
	    buf_printf(out, ",\"log_size\":%" PRId64 "}\n", size);
}

static void
say(struct req *r, const char *sql)
{
	struct buf why = { 0 };
	int64_t n = 0;
	int got;

	got = queue_why(r->task, 1, &why);
	if (got >= 0)
		got = db_get(sql, "isi|si", now_s(), got ? why.s : NULL, r->task, &r->out, &n);
	if (got == 0)
		req_problem(r, 404, "task", "there is no task %" PRId64, r->task);
	else if (got < 0 || add_log_size(&r->out, r->task, n) < 0)
		req_failed(r, "task");
	else
		req_answer(r, 200);
	buf_free(&why);
}

void
task_status(struct req *r)
{
	int64_t wait = req_query(r, "wait", 0, 50, 0);
	int64_t version = req_query(r, "version", 0, INT64_MAX, 0), is = 0, until;
	struct bell_seen seen;

	if (r->status)
		return;
	if (wait)
		http_timeout(r, 120);
	for (until = now_us() + wait * 1000000; wait && !http_ending(); ) {
		seen = bell_seen(r->task);
		if (db_get("SELECT version FROM task WHERE id = ?", "i|i", r->task, &is) != 1 ||
		    is != version)
			break;
		if (now_us() >= until || http_gone(r)) {
			req_answer(r, 304);
			return;
		}
		bell_wait(r->task, &seen, until - now_us() > 1000000 ? 1000 :
		    (int)((until - now_us()) / 1000) + 1);
	}
	say(r, "SELECT json_object(" FIELDS MORE "), t.attempts" FROM " WHERE t.id = ?3");
}

void
task_show(struct req *r)
{
	say(r, "SELECT json_object(" FIELDS MORE ALL "), t.attempts" FROM " WHERE t.id = ?3");
}
