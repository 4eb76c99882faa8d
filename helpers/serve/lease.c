#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "serve/bell.h"
#include "serve/conf.h"
#include "serve/db.h"
#include "serve/http.h"
#include "serve/lease.h"
#include "serve/route.h"
#include "serve/task.h"
#include "serve/upload.h"

static int
lost(struct req *r)
{
	req_problem(r, 410, "lost", "attempt %" PRId64 ".%" PRId64 " is over, or was never yours; "
	    "stop, and keep what was built", r->task, r->n);
	return -1;
}

/* A worker that was thought lost is back, and nobody else has its task. */
static int
revive(struct req *r)
{
	int n;

	if (db_begin() < 0)
		return -1;
	n = db_run("UPDATE task SET state = 'running', why = NULL, ended = NULL, verdict = NULL,"
	    " exit = NULL, repo = NULL WHERE id = ? AND attempts = ? AND state IN ('queued', 'error')"
	    " AND cancel IS NULL", "ii", r->task, r->n);
	if (n == 1)
		n = db_run("UPDATE attempt SET ended = NULL, verdict = NULL, why = NULL,"
		    " lease_until = ? WHERE task = ? AND n = ? AND verdict = 'lost'", "iii",
		    now_s() + conf.lease, r->task, r->n);
	if (n != 1) {
		db_rollback();
		return n;
	}
	if (db_run("UPDATE worker SET failures = max(0, failures - 1) WHERE id = ?", "i",
	    r->worker) < 0 || task_event(r->task, "running", "the worker is back") < 0) {
		db_rollback();
		return -1;
	}
	if (db_commit() < 0)
		return -1;
	task_ring(r->task);
	return 1;
}

/* A write for each word would be too much: a third of the time may pass before. */
static int
renew(struct req *r, int64_t until)
{
	int64_t now = now_s();

	return until - now > conf.lease * 2 / 3 ? 0 : db_run("UPDATE attempt SET lease_until = ?"
	    " WHERE task = ? AND n = ? AND ended IS NULL", "iii", now + conf.lease, r->task, r->n);
}

int
lease_auth(struct req *r)
{
	const char *secret = auth_bearer(r);
	struct buf sha = { 0 }, verdict = { 0 };
	int64_t until = 0, ended = 0;
	int got;

	got = db_get("SELECT secret_sha, verdict, lease_until, ended, worker FROM attempt"
	    " WHERE task = ? AND n = ?", "ii|ssiii", r->task, r->n, &sha, &verdict, &until, &ended,
	    &r->worker);
	if (got == 1 && !(secret && auth_is(secret, sha.s)))
		got = 0;
	if (got == 0 && secret && auth_guesses(r))
		got = -2;
	else if (got == 0 && !secret)
		req_problem(r, 401, "token", "this takes the lease as the bearer");
	else if (got == 0)
		lost(r);
	else if (got == 1 && !ended)
		got = renew(r, until) < 0 ? -1 : 1;
	else if (got == 1 && !strcmp(verdict.s, "lost"))
		got = revive(r);
	else if (got == 1 && strcmp(r->route->path, "/lease/A/result"))
		got = 0;
	else
		r->over = got == 1;
	if (got == -1)
		req_failed(r, "lease");
	else if (got == 0 && !r->status)
		lost(r);
	buf_free(&sha);
	buf_free(&verdict);
	return r->status ? -1 : 0;
}

void
lease_heads(struct req *r)
{
	int64_t cancel = 0;

	if (db_get("SELECT cancel FROM task WHERE id = ?", "i|i", r->task, &cancel) < 0)
		cancel = 0;
	req_head(r, "Aoinb-Do", "%s", cancel ? "cancel" : "go");
	req_head(r, "Aoinb-Interval", "%d", bell_readers(r->task, 0) ? 1 : 10);
}

static int
plain_word(const struct buf *b, size_t most)
{
	const unsigned char *p;

	for (p = (const unsigned char *)(b->len ? b->s : ""); *p; p++)
		if (*p < ' ' || *p == 0x7f)
			return 0;
	return b->len <= most;
}

void
lease_beat(struct req *r)
{
	struct buf step = { 0 }, was = { 0 };
	int64_t cpu = 0, peak = 0;
	int got, changed = 0;

	if (!req_object(r) || (got = req_text(r, "step", &step)) < 0 ||
	    req_int(r, "cpu_us", 0, INT64_MAX, &cpu) < 0 ||
	    req_int(r, "peak_kib", 0, INT64_MAX, &peak) < 0)
		goto out;
	if (!plain_word(&step, 64)) {
		req_problem(r, 422, "field", "step: a word");
		goto out;
	}
	if (db_begin() < 0)
		goto fail;
	if (got == 1 && db_get("SELECT step FROM attempt WHERE task = ? AND n = ?", "ii|s", r->task,
	    r->n, &was) == 1)
		changed = strcmp(was.s, step.s) != 0;
	db_run("UPDATE attempt SET step = coalesce(nullif(?, ''), step), cpu_us = coalesce("
	    "nullif(?, 0), cpu_us), peak_kib = coalesce(nullif(?, 0), peak_kib), lease_until = ?"
	    " WHERE task = ? AND n = ? AND ended IS NULL", "siiiii", step.len ? step.s : "", cpu,
	    peak, now_s() + conf.lease, r->task, r->n);
	db_run("UPDATE worker SET last_seen = ? WHERE id = ?", "ii", now_s(), r->worker);
	if (changed)
		task_event(r->task, "step", step.s);
	if (db_commit() < 0)
		goto fail;
	if (changed)
		task_ring(r->task);
	lease_heads(r);
	req_answer(r, 204);
	goto out;
fail:
	req_failed(r, "beat");
out:
	buf_free(&step);
	buf_free(&was);
}

/* --- what grows */

static void
begin(struct req *r, const char *name)
{
	char path[128];
	struct upload_to to = { .part = path, .size = -1, .most = conf.log_size, .grows = 1 };

	snprintf(path, sizeof(path), "task/%" PRId64 "/%" PRId64 "/%s", r->task, r->n, name);
	if (task_folder(r->task, r->n) < 0)
		req_failed(r, name);
	else
		upload_begin(r, &to);
}

static void
tell(struct req *r, const char *name)
{
	char path[128];
	struct upload_to to = { .part = path, .size = -1 };

	snprintf(path, sizeof(path), "task/%" PRId64 "/%" PRId64 "/%s", r->task, r->n, name);
	upload_tell(r, &to);
}

void
lease_log_begin(struct req *r)
{
	begin(r, "log");
}

void
lease_samples_begin(struct req *r)
{
	begin(r, "samples.csv");
}

void
lease_log_end(struct req *r)
{
	char sha[65];
	int64_t size;

	lease_heads(r);
	upload_end(r, &size, sha);
}

void
lease_log_tell(struct req *r)
{
	tell(r, "log");
}

void
lease_samples_tell(struct req *r)
{
	tell(r, "samples.csv");
}

void
lease_refuse(struct req *r)
{
	struct buf why = { 0 }, text = { 0 };
	int n = -1;

	if (!req_object(r) || req_text(r, "why", &why) < 0)
		goto out;
	if (!plain_word(&why, 500)) {
		req_problem(r, 422, "field", "why: one line");
		goto out;
	}
	if (buf_printf(&text, "the worker refused it: %s", why.len ? why.s : "it did not say why") < 0 ||
	    db_begin() < 0) {
		req_failed(r, "refuse");
		goto out;
	}
	n = db_run("UPDATE attempt SET ended = ?, verdict = 'refused', why = ? WHERE task = ? AND"
	    " n = ? AND ended IS NULL", "isii", now_s(), text.s, r->task, r->n);
	/* It did not count as an attempt of those that are allowed. */
	if (n == 1 && (db_run("UPDATE task SET state = 'queued', why = ?, max_attempts ="
	    " max_attempts + 1 WHERE id = ? AND state = 'running'", "si", text.s, r->task) < 0 ||
	    db_run("INSERT OR REPLACE INTO refusal VALUES(?, ?, ?, ?)", "iiis", r->task, r->worker,
	    now_s() + 900, text.s) < 0 || task_event(r->task, "queued", text.s) < 0))
		n = -1;
	if (db_commit() < 0 || n < 0)
		req_failed(r, "refuse");
	else
		req_answer(r, 204);
	task_ring(r->task);
	bell_ring(BELL_QUEUE, BELL_STATE);
out:
	buf_free(&why);
	buf_free(&text);
}
