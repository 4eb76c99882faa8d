#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "err.h"
#include "file.h"
#include "serve/answer.h"
#include "serve/child.h"
#include "serve/conf.h"
#include "serve/db.h"
#include "serve/lease.h"
#include "serve/output.h"
#include "serve/task.h"
#include "serve/tidy.h"
#include "serve/upload.h"

enum { PLOT_MEMORY = 1 << 30, PLOT_SECONDS = 10, PLOT_MOST = 1 << 20 };

void
output_list(struct req *r)
{
	int64_t n = answer_attempt(r);

	if (n < 0)
		return;
	if (db_get("SELECT json_group_array(json_object('name', name, 'size', size, 'sha256', sha256))"
	    " FROM output WHERE task = ? AND n = ?", "ii|s", r->task, n, &r->out) < 0)
		req_failed(r, "output");
	else
		req_answer(r, 200);
}

void
output_get(struct req *r)
{
	struct answer_as as = { .type = "application/octet-stream", .forever = 1, .attached = 1 };
	int64_t n = answer_attempt(r);
	struct buf sha = { 0 };
	char path[REQ_NAME + 80];
	int got;

	if (n < 0)
		return;
	got = db_get("SELECT sha256 FROM output WHERE task = ? AND n = ? AND name = ?", "iis|s",
	    r->task, n, r->name, &sha);
	as.etag = sha.s;
	snprintf(path, sizeof(path), "task/%" PRId64 "/%" PRId64 "/output/%s", r->task, n, r->name);
	if (got < 0)
		req_failed(r, "output");
	else if (!got || answer_file(r, path, &as) < 0)
		req_problem(r, 404, "output", "attempt %" PRId64 " of task %" PRId64 " has no package "
		    "%s", n, r->task, r->name);
	buf_free(&sha);
}

/* A file of an attempt that is there or not. */
static void
one(struct req *r, const char *name, const char *type)
{
	const struct answer_as as = { .type = type };
	int64_t n = answer_attempt(r);
	char path[128];

	if (n < 0)
		return;
	snprintf(path, sizeof(path), "task/%" PRId64 "/%" PRId64 "/%s", r->task, n, name);
	if (answer_file(r, path, &as) < 0)
		req_problem(r, 404, "output", "task %" PRId64 " has no %s yet, or none any more",
		    r->task, name);
}

void
output_samples(struct req *r)
{
	one(r, "samples.csv", "text/csv; charset=utf-8");
}

/* By a program of its own, which can write nowhere but in that folder: the samples are a
 * stranger's.  One at a time, so that many who look take no more than one processor. */
static int
draw(struct child *c, const char *path, int folder)
{
	static pthread_mutex_t one = PTHREAD_MUTEX_INITIALIZER;
	const char *argv[] = { "aoinb-report", "--svg=-", path, NULL };
	int code;

	*c = (struct child){ .argv = argv, .writes = folder, .memory = PLOT_MEMORY, .file = 1,
	    .seconds = PLOT_SECONDS, .most = PLOT_MOST };
	pthread_mutex_lock(&one);
	code = child_run(c);
	pthread_mutex_unlock(&one);
	return c->overflowed ? EX_DATAERR : code;
}

void
output_plot(struct req *r)
{
	int64_t n = answer_attempt(r);
	char path[4096];
	struct child c = { 0 };
	int fd, code;

	if (n < 0)
		return;
	snprintf(path, sizeof(path), "%s/task/%" PRId64 "/%" PRId64, conf.dir, r->task, n);
	fd = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
	code = fd < 0 ? EX_NO : draw(&c, path, fd);
	if (code == 0 && buf_put(&r->out, c.out.s, c.out.len) == 0) {
		r->type = "image/svg+xml";
		req_head(r, "Cache-Control", "no-cache");
		req_head(r, "Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; sandbox");
		req_answer(r, 200);
	} else if (code == EX_NO) {
		req_problem(r, 404, "output", "task %" PRId64 " has no samples.csv yet, or none any more",
		    r->task);
	} else {
		warn_msg("task %" PRId64 ": aoinb-report: %s", r->task, child_why(&c));
		req_failed(r, "plot");
	}
	if (fd >= 0)
		close(fd);
	child_free(&c);
}

void
output_result(struct req *r)
{
	one(r, "result.json", "application/json");
}

void
output_envelope(struct req *r)
{
	one(r, "result.dsse", "application/vnd.dsse.envelope.v1+json");
}

/* --- from the worker */

static void
paths(const struct req *r, char part[512], char whole[512])
{
	int n = snprintf(whole, 512, "task/%" PRId64 "/%" PRId64 "/output/%s", r->task, r->n, r->name);

	memcpy(part, whole, (size_t)n + 1);
	strcpy(part + n, ".part");
}

/* Whether name ends in "_ARCH.deb", for the task's architecture or any. */
static int
name_fits(const char *name, const char *arch)
{
	const char *at = strrchr(name, '_');
	size_t n = strlen(arch);

	if (!at || strlen(name) > 200)
		return 0;
	at++;
	return !strcmp(at, "all.deb") || !strcmp(at, "noarch.deb") ||
	    (!strncmp(at, arch, n) && !strcmp(at + n, ".deb"));
}

static int
name_right(struct req *r)
{
	struct buf arch = { 0 };
	int good;

	if (db_get("SELECT arch FROM task WHERE id = ?", "i|s", r->task, &arch) != 1) {
		req_failed(r, "output");
		return 0;
	}
	good = name_fits(r->name, arch.s);
	if (!good)
		req_problem(r, 422, "name", "a package of this task is called NAME_VERSION_%s.deb, or "
		    "noarch or all in place of that", arch.s);
	buf_free(&arch);
	return good;
}

void
output_begin(struct req *r)
{
	char part[512], whole[512];
	struct upload_to to = { .part = part, .most = conf.output_size };

	if (!name_right(r))
		return;
	paths(r, part, whole);
	to.size = upload_size(whole);
	if (task_folder(r->task, r->n) < 0)
		req_failed(r, "output");
	else
		upload_begin(r, &to);
}

void
output_end(struct req *r)
{
	char part[512], whole[512], sha[65];
	int64_t size, was;

	lease_heads(r);
	if (upload_end(r, &size, sha) != UPLOAD_WHOLE)
		return;
	paths(r, part, whole);
	was = upload_size(whole);
	if (renameat(conf.at, part, conf.at, whole) < 0 || tidy_sync(whole) < 0) {
		req_failed(r, whole);
		return;
	}
	/* Its digest is kept with the result, which names it. */
	if (buf_printf(&r->out, "{\"name\":\"%s\",\"size\":%" PRId64 ",\"sha256\":\"%s\"}\n", r->name,
	    size, sha) < 0)
		req_failed(r, whole);
	else
		req_answer(r, was == size ? 200 : 201);
}

void
output_tell(struct req *r)
{
	char part[512], whole[512];
	struct upload_to to = { .part = part };

	if (!name_right(r))
		return;
	paths(r, part, whole);
	to.size = upload_size(whole);
	upload_tell(r, &to);
}
