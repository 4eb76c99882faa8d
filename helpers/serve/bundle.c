#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "serve/answer.h"
#include "serve/bundle.h"
#include "serve/conf.h"
#include "serve/db.h"
#include "serve/http.h"
#include "serve/task.h"
#include "serve/tidy.h"
#include "serve/upload.h"

/* A bundle has its digest in its name: the row tells which of them it is. */
static void
paths(int64_t id, const char *sha, char part[128], char whole[128])
{
	snprintf(part, 128, "task/%" PRId64 "/bundle.part", id);
	bundle_path(id, sha ? sha : "", whole);
}

void
bundle_path(int64_t id, const char *sha, char path[128])
{
	snprintf(path, 128, "task/%" PRId64 "/bundle.%s", id, sha);
}

/* What becomes of the task's bundle, for who may send it. */
static void
transfer(struct req *r, int begins)
{
	char part[128], whole[128];
	struct upload_to to = { .part = part, .most = conf.bundle_size };
	struct task t;

	if (!task_get(r, &t))
		return;
	if (task_may(r, &t, SCOPE_ADMIN)) {
		paths(t.id, t.sha256.s, part, whole);
		to.size = t.sha256.len ? t.bundle_size : -1;
		if (!begins)
			upload_tell(r, &to);
		else if (task_folder(t.id, 0) < 0)
			req_failed(r, "bundle");
		else
			upload_begin(r, &to);
	}
	task_free(&t);
}

void
bundle_begin(struct req *r)
{
	transfer(r, 1);
}

void
bundle_tell(struct req *r)
{
	transfer(r, 0);
}

static void
say(struct req *r, int status, const char *sha, int64_t size, const char *layout,
    const char *packages)
{
	if (buf_printf(&r->out, "{\"id\":%" PRId64 ",\"size\":%" PRId64 ",\"sha256\":\"%s\","
	    "\"layout\":\"%s\",\"packages\":%s}\n", r->task, size, sha, layout, packages) < 0)
		req_failed(r, "bundle");
	else
		req_answer(r, status);
}

/* The row of a bundle that lies in its place, unless the task was started meanwhile.
 * Returns 1, 0, or -1. */
static int
record(int64_t id, const char *sha, int64_t size, const struct bundle *b)
{
	int r;

	if (db_begin() < 0)
		return -1;
	r = db_run("UPDATE task SET bundle_sha256 = ?1, bundle_size = ?2, layout = ?3, packages = ?4,"
	    " targets = coalesce(targets, CASE WHEN ?3 = 'folder' THEN json_array(?5) END),"
	    " name = coalesce(name, json_extract(?4, '$[0]')) WHERE id = ?6 AND"
	    " state IN ('new', 'ready')", "sisssi", sha, size, b->layout, b->packages.s, b->folder,
	    id);
	if (r == 1 && (task_ready(id) < 0 || task_event(id, "bundle", sha) < 0))
		r = -1;
	return db_commit() < 0 ? -1 : r;
}

/* A bundle that is whole and new: looked at, and moved to its place.  Renamed before its
 * row is written: a file without a row is sent again, a row without a file cannot be. */
static void
take(struct req *r, const struct task *t, const char *sha, int64_t size)
{
	struct bundle b = { 0 };
	struct buf why = { 0 };
	char part[128], whole[128];
	int refused;

	paths(t->id, sha, part, whole);
	refused = bundle_check(part, size, t->arch.s, &b, &why);
	if (refused > 0) {
		unlinkat(conf.at, part, 0);
		req_problem(r, 422, "bundle", "the bundle is refused: %s", why.s);
	} else if (refused < 0 || renameat(conf.at, part, conf.at, whole) < 0 ||
	    tidy_sync(whole) < 0 || tidy_sync("task/.") < 0) {
		req_failed(r, "bundle");
	} else {
		refused = record(t->id, sha, size, &b);
		if (refused < 0)
			req_failed(r, "bundle");
		else if (!refused)
			req_problem(r, 409, "started", "task %" PRId64 " was started; make another", t->id);
		else
			say(r, 201, sha, size, b.layout, b.packages.s);
		task_ring(t->id);
	}
	buf_free(&b.packages);
	buf_free(&why);
}

void
bundle_end(struct req *r)
{
	struct buf packages = { 0 };
	char sha[65], part[128], whole[128];
	struct task t;
	int64_t size;

	http_timeout(r, 300);
	if (upload_end(r, &size, sha) != UPLOAD_WHOLE || !task_get(r, &t))
		return;
	paths(t.id, sha, part, whole);
	if (t.sha256.len && !strcmp(t.sha256.s, sha)) {
		unlinkat(conf.at, part, 0);
		if (db_get("SELECT packages FROM task WHERE id = ?", "i|s", t.id, &packages) < 0)
			req_failed(r, "bundle");
		else
			say(r, 200, sha, size, t.layout.s, packages.s);
	} else if (strcmp(t.state.s, "new") && strcmp(t.state.s, "ready")) {
		unlinkat(conf.at, part, 0);
		req_problem(r, 409, "started", "task %" PRId64 " was started with another bundle; "
		    "make another task", t.id);
	} else {
		take(r, &t, sha, size);
	}
	buf_free(&packages);
	task_free(&t);
}

void
bundle_get(struct req *r)
{
	struct answer_as as = { .type = "application/octet-stream", .attached = 1 };
	char part[128], whole[128];
	struct task t;

	if (!task_get(r, &t))
		return;
	as.etag = t.sha256.s;
	paths(t.id, t.sha256.s, part, whole);
	if (!t.sha256.len || answer_file(r, whole, &as) < 0)
		req_problem(r, 404, "bundle", "task %" PRId64 " has no bundle yet", t.id);
	task_free(&t);
}
