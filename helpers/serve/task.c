#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "serve/bell.h"
#include "serve/conf.h"
#include "serve/db.h"
#include "serve/http.h"
#include "serve/notice.h"
#include "serve/task.h"
#include "store/store.h"

int
task_get(struct req *r, struct task *t)
{
	int got;

	*t = (struct task){ .id = r->task };
	got = db_get("SELECT owner, bundle_size, attempts, cancel, retry_of, state, branch, arch,"
	    " bundle_sha256, layout, repo, verdict FROM task WHERE id = ?", "i|iiiiisssssss",
	    r->task, &t->owner, &t->bundle_size, &t->attempts, &t->cancel, &t->retry_of,
	    &t->state, &t->branch, &t->arch, &t->sha256, &t->layout, &t->repo, &t->verdict);
	if (got == 1)
		return 1;
	if (got < 0)
		req_failed(r, "task");
	else
		req_problem(r, 404, "task", "there is no task %" PRId64, r->task);
	task_free(t);
	return 0;
}

void
task_free(struct task *t)
{
	buf_free(&t->state);
	buf_free(&t->branch);
	buf_free(&t->arch);
	buf_free(&t->sha256);
	buf_free(&t->layout);
	buf_free(&t->repo);
	buf_free(&t->verdict);
}

int
task_may(struct req *r, const struct task *t, enum scope scope)
{
	if (r->who.id && r->who.id == t->owner)
		return 1;
	return auth_scope(r, scope);
}

int
task_is_over(const struct task *t)
{
	return !strcmp(t->state.s, "ok") || !strcmp(t->state.s, "failed") ||
	    !strcmp(t->state.s, "error") || !strcmp(t->state.s, "cancelled");
}

int
task_event(int64_t id, const char *what, const char *detail)
{
	return db_run("UPDATE task SET version = version + 1 WHERE id = ?", "i", id) < 0 ||
	    db_run("INSERT INTO event(task, at, what, detail) VALUES(?, ?, ?, ?)", "iiss", id,
	    now_s(), what, detail) < 0 ? -1 : 0;
}

void
task_ring(int64_t id)
{
	bell_ring(id, BELL_STATE);
	bell_ring(BELL_EVENTS, BELL_STATE);
}

int
task_ready(int64_t id)
{
	return db_run("UPDATE task SET state = CASE WHEN bundle_sha256 IS NOT NULL AND"
	    " branch IS NOT NULL THEN 'ready' ELSE 'new' END"
	    " WHERE id = ? AND state IN ('new', 'ready')", "i", id);
}

int
task_end(int64_t id, const char *state, const char *verdict, int64_t exit, const char *why)
{
	return db_run("UPDATE task SET state = ?, verdict = ?, exit = ?, why = ?, ended = ?,"
	    " cancel = NULL WHERE id = ?", "ssisii", state, verdict, exit, why, now_s(), id) < 0 ||
	    task_event(id, state, why) < 0 ? -1 : notice_add(id);
}

int
task_folder(int64_t id, int64_t n)
{
	char path[64];

	snprintf(path, sizeof(path), "task/%" PRId64, id);
	if (mkdirat(conf.at, path, 0700) < 0 && errno != EEXIST)
		return -1;
	if (!n)
		return 0;
	snprintf(path, sizeof(path), "task/%" PRId64 "/%" PRId64, id, n);
	if (mkdirat(conf.at, path, 0700) < 0 && errno != EEXIST)
		return -1;
	snprintf(path, sizeof(path), "task/%" PRId64 "/%" PRId64 "/output", id, n);
	return mkdirat(conf.at, path, 0700) < 0 && errno != EEXIST ? -1 : 0;
}

void
task_remove_files(int64_t id)
{
	char path[64];

	snprintf(path, sizeof(path), "task/%" PRId64, id);
	store_remove(conf.at, path);
}

/* What is set of a task that has not begun. */
static int
is_open(struct req *r, const struct task *t)
{
	if (!strcmp(t->state.s, "new") || !strcmp(t->state.s, "ready"))
		return 1;
	req_problem(r, 409, "started", "task %" PRId64 " was started; make another", t->id);
	return 0;
}

/* The body: text, or the member branch. */
static int
body_branch(struct req *r, struct buf *branch)
{
	size_t n;

	if (*r->body.s == '{')
		return req_object(r) ? req_text(r, "branch", branch) : -1;
	n = strcspn(r->body.s, "\r\n");
	return buf_put(branch, r->body.s, n) < 0 ? -1 : 1;
}

void
task_branch(struct req *r)
{
	struct buf branch = { 0 };
	struct task t;
	int same;

	if (!task_get(r, &t))
		return;
	if (!task_may(r, &t, SCOPE_ADMIN) || body_branch(r, &branch) < 0)
		goto out;
	same = branch.len && !strcmp(branch.s, t.branch.s);
	if (!branch.len || !name_ok(branch.s) || !conf_branch(branch.s))
		req_problem(r, 422, "branch", "there is no branch %.100s here; the server's "
		    "configuration names them", branch.len ? branch.s : "without a name");
	else if ((same || is_open(r, &t)) && auth_branch(r, branch.s)) {
		if (!same && (db_begin() < 0 || db_run("UPDATE task SET branch = ? WHERE id = ?",
		    "si", branch.s, t.id) < 0 || task_ready(t.id) < 0 ||
		    task_event(t.id, "branch", branch.s) < 0 || db_commit() < 0))
			req_failed(r, "branch");
		else
			req_answer(r, 204);
		task_ring(t.id);
	}
out:
	buf_free(&branch);
	task_free(&t);
}

/* Says the state of the task in JSON. */
static void
say_state(struct req *r, int status, int64_t id, const char *state)
{
	r->out.len = 0;
	if (buf_printf(&r->out, "{\"id\":%" PRId64 ",\"state\":\"%s\"}\n", id, state) < 0)
		req_failed(r, "task");
	else
		req_answer(r, status);
}

static int
queue(int64_t id)
{
	if (db_begin() < 0)
		return -1;
	if (db_run("UPDATE task SET state = 'queued', queued = ? WHERE id = ? AND state = 'ready'",
	    "ii", now_s(), id) == 1)
		task_event(id, "queued", NULL);
	if (db_commit() < 0)
		return -1;
	task_ring(id);
	bell_ring(BELL_QUEUE, BELL_STATE);
	return 0;
}

void
task_build(struct req *r)
{
	struct task t;

	if (!task_get(r, &t))
		return;
	if (!task_may(r, &t, SCOPE_ADMIN))
		;
	else if (!strcmp(t.state.s, "new"))
		req_problem_with(r, 409, "missing", !t.sha256.len && !t.branch.len ?
		    "\"missing\":[\"bundle\",\"branch\"]" : !t.sha256.len ?
		    "\"missing\":[\"bundle\"]" : "\"missing\":[\"branch\"]",
		    "task %" PRId64 " has no %s yet", t.id, !t.sha256.len ? "bundle" : "branch");
	else if (strcmp(t.state.s, "ready"))
		say_state(r, 200, t.id, t.state.s);
	else if (!auth_branch(r, t.branch.s))
		;
	else if (queue(t.id) < 0)
		req_failed(r, "task");
	else
		say_state(r, 202, t.id, "queued");
	task_free(&t);
}

void
task_delete(struct req *r)
{
	struct task t;
	int gone = 0;

	if (db_get("SELECT 1 FROM task WHERE id = ?", "i|", r->task) == 0) {
		if (auth_scope(r, SCOPE_CANCEL))
			req_answer(r, 204);
		return;
	}
	if (!task_get(r, &t))
		return;
	if (!task_may(r, &t, SCOPE_CANCEL))
		;
	else if (!strcmp(t.state.s, "queued") || !strcmp(t.state.s, "running"))
		req_problem(r, 409, "running", "task %" PRId64 " has not ended; cancel it first",
		    t.id);
	else if (!strcmp(t.repo.s, "waiting"))
		req_problem(r, 409, "running", "packages of task %" PRId64 " are on their way into "
		    "the repository; try again", t.id);
	else if (db_begin() < 0 || task_event(t.id, "deleted", NULL) < 0 ||
	    db_run("DELETE FROM task WHERE id = ?", "i", t.id) < 0 || db_commit() < 0)
		req_failed(r, "task");
	else
		gone = 1;
	if (gone) {
		task_remove_files(t.id);
		task_ring(t.id);
		req_answer(r, 204);
	}
	task_free(&t);
}

static int
cancel(struct task *t, int *status)
{
	int r;

	if (db_begin() < 0)
		return -1;
	/* It may have begun since it was looked at. */
	r = db_run("UPDATE task SET cancel = coalesce(cancel, ?), why = 'is being cancelled'"
	    " WHERE id = ? AND state = 'running'", "ii", now_s(), t->id);
	*status = r == 1 ? 202 : 200;
	if (r == 1)
		r = task_event(t->id, "cancel", NULL);
	else if (r == 0)
		r = task_end(t->id, "cancelled", NULL, 0, "cancelled before it began");
	if (r < 0) {
		db_rollback();
		return -1;
	}
	return db_commit();
}

void
task_cancel(struct req *r)
{
	struct task t;
	int status = 0;

	if (!task_get(r, &t))
		return;
	if (!task_may(r, &t, SCOPE_CANCEL))
		;
	else if (!strcmp(t.state.s, "cancelled"))
		say_state(r, 200, t.id, "cancelled");
	else if (task_is_over(&t))
		req_problem(r, 409, "ended", "task %" PRId64 " has ended: %s", t.id, t.state.s);
	else if (cancel(&t, &status) < 0)
		req_failed(r, "task");
	else
		say_state(r, status, t.id, status == 202 ? "running" : "cancelled");
	task_ring(t.id);
	task_free(&t);
}

void
task_priority(struct req *r)
{
	struct task t;
	int64_t by = 0;

	if (!task_get(r, &t))
		return;
	if (!req_object(r) || req_int(r, "adjust", -1000, 1000, &by) < 0)
		;
	else if (db_begin() < 0 || db_run("UPDATE task SET prio = max(-100, min(100, prio + ?))"
	    " WHERE id = ?", "ii", by, t.id) < 0 || task_event(t.id, "priority", NULL) < 0 ||
	    db_commit() < 0)
		req_failed(r, "task");
	else
		req_answer(r, 204);
	task_ring(t.id);
	task_free(&t);
}
