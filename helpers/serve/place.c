#include <inttypes.h>
#include <stdatomic.h>
#include <string.h>

#include "serve/bell.h"
#include "serve/db.h"
#include "serve/http.h"
#include "serve/lease.h"
#include "serve/place.h"
#include "serve/task.h"

enum { ROWS = 10000, TRIES = 20, BACKOFF_MOST = 300, AWAY = 300 };

/* When a placer asked last; 0: not since the start. */
static _Atomic int64_t asked;

/* What is queued or runs, those first that are to run first; ?1 is now.  avoid: workers
 * that get nothing, or not this task. */
#define LIST \
	"SELECT json_object('task', t.id, 'attempt', t.attempts + (t.state = 'queued'), 'state'," \
	" t.state, 'arch', t.arch, 'cpus', t.needs_cpus, 'memory_mib', t.needs_memory," \
	" 'disk_mib', t.needs_disk, 'time_s', t.needs_time, 'wait_s', max(0, t.not_before - ?1)," \
	" 'cancel_s', CASE WHEN t.cancel THEN ?1 - t.cancel END, 'job', p.job, 'tries', p.tries," \
	" 'avoid', json((SELECT json_group_array(w.name) FROM worker w WHERE w.drain OR" \
	"  EXISTS(SELECT 1 FROM refusal f WHERE f.task = t.id AND f.worker = w.id AND" \
	"  f.until > ?1)))) FROM task t LEFT JOIN placed p ON p.task = t.id AND" \
	" p.n = t.attempts + (t.state = 'queued') WHERE t.state IN ('running', 'queued')" \
	" AND t.engine = 'slurm' ORDER BY t.state = 'queued', t.prio DESC, t.id LIMIT ?2"

struct listing {
	struct buf *out;
	int64_t n;
	int failed;
};

static int
add_row(void *arg, const struct db_row *row)
{
	struct listing *l = arg;

	if (l->n++ == ROWS)	/* there are more */
		return 1;
	l->failed |= buf_puts(l->out, l->n > 1 ? ",\n" : "") < 0 ||
	    buf_puts(l->out, db_text(row, 0)) < 0;
	return l->failed;
}

static int
newest(int64_t *version)
{
	return db_get("SELECT coalesce(max(id), 0) FROM event", "|i", version);
}

/* Until something happened that the placer has not seen, or its time is over. */
static int
wait_for_change(struct req *r, int64_t seconds, int64_t seen, int64_t *version)
{
	int64_t until = now_us() + seconds * 1000000, left;
	struct bell_seen bell;

	for (;;) {
		bell = bell_seen(BELL_EVENTS);
		if (newest(version) < 0)
			return -1;
		left = until - now_us();
		if (*version != seen || left <= 0 || http_ending() || http_gone(r))
			return 0;
		bell_wait(BELL_EVENTS, &bell, left > 1000000 ? 1000 : (int)(left / 1000) + 1);
	}
}

void
place_list(struct req *r)
{
	int64_t wait = req_query(r, "wait", 0, 50, 0), version = 0;
	int64_t seen = req_query(r, "version", 0, INT64_MAX, -1);
	struct listing l = { .out = &r->out };
	int bad;

	if (r->status)
		return;
	asked = now_s();
	if (wait)
		http_timeout(r, 120);
	if (wait_for_change(r, wait, seen, &version) < 0) {
		req_failed(r, "place");
		return;
	}
	db_lock();	/* the number goes with the rows */
	bad = newest(&version) < 0 || buf_printf(&r->out, "{\"version\":%" PRId64 ",\"tasks\":[",
	    version) < 0 || db_each(add_row, &l, LIST, "ii", now_s(), (int64_t)ROWS + 1) < 0 || l.failed;
	db_unlock();
	if (bad || buf_printf(&r->out, "],\"complete\":%s}\n", l.n > ROWS ? "false" : "true") < 0)
		req_failed(r, "place");
	else
		req_answer(r, 200);
}

/* The attempt of the path: 'q' when it is the next of a queued task, 'r' when it runs, 0
 * when it is neither; or -1. */
static int
stage(const struct req *r, int64_t *worker)
{
	int64_t queued = 0;
	int got = db_get("SELECT t.state = 'queued', coalesce(a.worker, 0) FROM task t LEFT JOIN"
	    " attempt a ON a.task = t.id AND a.n = ?2 AND a.ended IS NULL WHERE t.id = ?1 AND"
	    " t.engine = 'slurm' AND ((t.state = 'queued' AND t.attempts + 1 = ?2) OR"
	    " (t.state = 'running' AND t.attempts = ?2 AND a.n IS NOT NULL))", "ii|ii", r->task,
	    r->n, &queued, worker);

	return got <= 0 ? got : queued ? 'q' : 'r';
}

/* A job that is gone, of which no worker asked for the attempt: it is placed anew, a
 * while later each time, but not for ever. */
static int
never_asked(const struct req *r, const char *why)
{
	int64_t tries = 0, pause;

	if (db_get("INSERT INTO placed(task, n, tries, why, at) VALUES(?1, ?2, 1, ?3, ?4)"
	    " ON CONFLICT(task) DO UPDATE SET n = ?2, job = NULL, why = ?3, at = ?4,"
	    " tries = iif(n = ?2, tries + 1, 1) RETURNING tries", "iisi|i", r->task, r->n, why,
	    now_s(), &tries) != 1)
		return -1;
	if (tries >= TRIES)
		return task_end(r->task, "error", "lost", 75, why);
	pause = tries > 8 ? BACKOFF_MOST : 1LL << tries;
	return db_run("UPDATE task SET not_before = ?, why = ? WHERE id = ?", "isi",
	    now_s() + pause, why, r->task) < 0 ? -1 : task_event(r->task, "queued", why);
}

static int
note_job(const struct req *r, const char *job, const char *why)
{
	return db_run("INSERT INTO placed(task, n, job, why, at) VALUES(?1, ?2, ?3, ?4, ?5)"
	    " ON CONFLICT(task) DO UPDATE SET tries = iif(n = ?2, tries, 0), n = ?2, job = ?3,"
	    " why = ?4, at = ?5", "iissi", r->task, r->n, job, why, now_s()) < 0 ||
	    db_run("UPDATE task SET version = version + 1 WHERE id = ?", "i", r->task) < 0 ? -1 : 0;
}

/* Within a transaction.  Returns 1, 0 when the attempt is over, -1. */
static int
take(const struct req *r, const char *job, const char *why, const char *gone)
{
	int64_t worker = 0;
	int at = stage(r, &worker);

	if (at <= 0)
		return at;
	if (!gone)
		return note_job(r, job, why) < 0 ? -1 : 1;
	if (at == 'q')
		return never_asked(r, gone) < 0 ? -1 : 1;
	return verdict_gone(r->task, r->n, worker, gone);
}

static int
line_ok(struct req *r, const char *member, const struct buf *b)
{
	const unsigned char *p;

	for (p = (const unsigned char *)(b->len ? b->s : ""); *p; p++)
		if (*p < ' ' || *p == 0x7f)
			break;
	if (!*p && b->len <= 500)
		return 1;
	req_problem(r, 422, "field", "%s: one line of at most 500 bytes", member);
	return 0;
}

void
place_say(struct req *r)
{
	struct buf job = { 0 }, why = { 0 }, gone = { 0 };
	int got = -1;

	if (!req_object(r) || req_text(r, "job", &job) < 0 || req_text(r, "why", &why) < 0 ||
	    req_text(r, "gone", &gone) < 0 || !line_ok(r, "job", &job) || !line_ok(r, "why", &why) ||
	    !line_ok(r, "gone", &gone))
		goto out;
	if (db_begin() == 0) {
		got = take(r, job.len ? job.s : NULL, why.len ? why.s : NULL, gone.len ? gone.s : NULL);
		if (got < 0)
			db_rollback();
		else if (db_commit() < 0)
			got = -1;
	}
	if (got < 0) {
		req_failed(r, "place");
	} else if (!got) {
		req_problem(r, 410, "lost", "attempt %" PRId64 ".%" PRId64 " is over, or not Slurm's",
		    r->task, r->n);
	} else {
		req_answer(r, 204);
		if (gone.len)
			task_ring(r->task);
		else
			bell_ring(r->task, BELL_STATE);
	}
out:
	buf_free(&job);
	buf_free(&why);
	buf_free(&gone);
}

int
place_why(int64_t id, int64_t attempts, struct buf *why)
{
	struct buf job = { 0 }, said = { 0 };
	int64_t away = now_s() - asked;
	int got = db_get("SELECT job, why FROM placed WHERE task = ? AND n = ?", "ii|ss", id,
	    attempts + 1, &job, &said);

	if (got >= 0 && !asked)
		got = buf_puts(why, "no aoinb-place has asked since the server was started; it places "
		    "what Slurm builds");
	else if (got >= 0 && away > AWAY)
		got = buf_printf(why, "aoinb-place has not asked for %" PRId64 " minutes; it places "
		    "what Slurm builds", away / 60);
	else if (got == 1 && job.len)
		got = buf_printf(why, "Slurm's job %s: %s", job.s, said.len ? said.s : "is placed");
	else if (got == 1 && said.len)
		got = buf_puts(why, said.s);
	else if (got >= 0)
		got = buf_puts(why, "waits for aoinb-place");
	buf_free(&job);
	buf_free(&said);
	return got < 0 ? -1 : 0;
}
