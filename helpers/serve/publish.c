#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "err.h"
#include "file.h"
#include "serve/bell.h"
#include "serve/child.h"
#include "serve/conf.h"
#include "serve/db.h"
#include "serve/http.h"
#include "serve/publish.h"
#include "serve/task.h"
#include "store/store.h"
#include "vec.h"

enum { SECONDS = 600, LATER_MS = 30000 };

/* A task whose packages enter the repository. */
struct entry {
	int64_t id, n;
	struct buf branch, names, arch;
	char dir[64];			/* below the server's folder: second names of them */
	VEC(const char *) argv;
	VEC(char *) own;		/* texts of it */
};

static const char *
own(struct entry *e, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

static const char *
own(struct entry *e, const char *fmt, ...)
{
	va_list ap;
	char *s;
	int n;

	va_start(ap, fmt);
	n = vasprintf(&s, fmt, ap);
	va_end(ap);
	return n < 0 || vec_push(&e->own, s) < 0 || vec_push(&e->argv, s) < 0 ? NULL : s;
}

/* aoinb-repo moves what it is given: it gets a second name of each. */
static int
link_output(void *arg, const struct db_row *row)
{
	struct entry *e = arg;
	char from[512], to[512];

	snprintf(from, sizeof(from), "task/%" PRId64 "/%" PRId64 "/output/%s", e->id, e->n,
	    db_text(row, 0));
	snprintf(to, sizeof(to), "%s/%s", e->dir, db_text(row, 0));
	if (linkat(conf.at, from, conf.at, to, 0) < 0) {
		warn_sys("%s", from);
		return 1;
	}
	return own(e, "%s/%s", conf.dir, to) == NULL;
}

static int
options(struct entry *e)
{
	int i, bad;

	bad = !own(e, "aoinb-repo") || !own(e, "--work-dir=%s", conf.dir) ||
	    !own(e, "--keep=%" PRId64, conf.repo_keep) ||
	    !own(e, "--valid=%" PRId64, conf.repo_valid) ||
	    !own(e, "--arch=%s", e->arch.s) || !own(e, "--names=%s/%s/names", conf.dir, e->dir);
	for (i = 0; i < conf.sign.len && !bad; i++)
		bad = !own(e, "--sign=%s", conf.sign.at[i]);
	for (i = 0; i < conf.also.len && !bad; i++)
		bad = !own(e, "--also=%s", conf.also.at[i]);
	return bad || !own(e, "add") || !own(e, "%s", e->branch.s) ? -1 : 0;
}

/* Names, links and the command line. */
static int
prepare(struct entry *e)
{
	char path[80];
	size_t was;

	if (db_get("SELECT attempts, branch, arch, (SELECT group_concat(value, char(10)) FROM"
	    " json_each(packages)) FROM task WHERE id = ?", "i|isss", e->id, &e->n, &e->branch,
	    &e->arch, &e->names) != 1 || buf_putc(&e->names, '\n') < 0)
		return -1;
	snprintf(e->dir, sizeof(e->dir), "check/publish.%" PRId64, e->id);
	snprintf(path, sizeof(path), "%s/names", e->dir);
	if (store_remove(conf.at, e->dir) < 0 || mkdirat(conf.at, e->dir, 0700) < 0 ||
	    file_put(conf.at, path, e->names.s, e->names.len) < 0 || options(e) < 0)
		return -1;
	was = e->argv.len;
	if (db_each(link_output, e, "SELECT name FROM output WHERE task = ? AND n = ?", "ii", e->id,
	    e->n) < 0 || e->argv.len == was)
		return -1;
	return vec_push(&e->argv, NULL);
}

struct ids {
	VEC(int64_t);
};

static int
add_id(void *arg, const struct db_row *row)
{
	struct ids *v = arg;

	return vec_push(v, db_int(row, 0)) < 0;
}

/* What could not be built for want of a package may be possible now. */
static int
wake_unmet(const char *branch, struct ids *v)
{
	size_t i;

	if (db_each(add_id, v, "SELECT id FROM task WHERE state = 'failed' AND verdict = 'unmet' AND"
	    " branch = ? AND attempts < 20", "s", branch) < 0)
		return -1;
	for (i = 0; i < v->len; i++)
		if (db_run("UPDATE task SET state = 'queued', verdict = NULL, exit = NULL, ended = NULL,"
		    " max_attempts = attempts + ? WHERE id = ?", "ii", conf.retries, v->at[i]) < 0 ||
		    task_event(v->at[i], "queued", "its branch has new packages") < 0)
			return -1;
	return 0;
}

static int
set_repo(int64_t id, const char *repo, const char *why, const char *branch)
{
	struct ids woken = { 0 };
	size_t i;
	int r = -1;

	if (db_begin() < 0)
		return -1;
	db_run("UPDATE task SET repo = ?, why = coalesce(?, why) WHERE id = ?", "ssi", repo, why, id);
	if (branch)
		wake_unmet(branch, &woken);
	task_event(id, "repo", why ? why : repo);
	r = db_commit();
	task_ring(id);
	for (i = 0; i < woken.len; i++)
		task_ring(woken.at[i]);
	if (woken.len)
		bell_ring(BELL_QUEUE, BELL_STATE);
	vec_free(&woken);
	return r;
}

/* Returns 0 when it is decided, -1 when it is to be tried again. */
static int
publish(int64_t id)
{
	struct entry e = { .id = id };
	struct child c = { .writes = -1, .seconds = SECONDS };
	int code = -1, r = -1;
	size_t i;

	if (prepare(&e) == 0) {
		c.argv = e.argv.at;
		code = child_run(&c);
	}
	if (code == 0)
		r = set_repo(id, "done", NULL, e.branch.s);
	else if (code == EX_NO || code == EX_DATAERR)
		r = set_repo(id, "refused", child_why(&c), NULL);
	else
		warn_msg("task %" PRId64 ": its packages cannot enter the repository: %s; it is tried "
		    "again", id, code < 0 ? "they are not there" : child_why(&c));
	store_remove(conf.at, e.dir);
	for (i = 0; i < e.own.len; i++)
		free(e.own.at[i]);
	vec_free(&e.own);
	vec_free(&e.argv);
	buf_free(&e.branch);
	buf_free(&e.names);
	buf_free(&e.arch);
	child_free(&c);
	return r;
}

void *
publish_run(void *unused)
{
	struct bell_seen seen = bell_seen(BELL_PUBLISH);
	struct ids v = { 0 };
	size_t i;

	(void)unused;
	while (!http_ending()) {
		v.len = 0;
		if (db_each(add_id, &v, "SELECT id FROM task WHERE repo = 'waiting' ORDER BY ended, id"
		    " LIMIT 100", "") < 0)
			v.len = 0;
		for (i = 0; i < v.len && !http_ending(); i++)
			publish(v.at[i]);
		bell_wait(BELL_PUBLISH, &seen, LATER_MS);
	}
	vec_free(&v);
	return NULL;
}

static void
decide(struct req *r, const char *from, const char *to, const char *same, int status)
{
	struct task t;
	int n;

	if (!task_get(r, &t))
		return;
	if (!strcmp(t.repo.s, to) || (same && !strcmp(t.repo.s, same))) {
		req_answer(r, status == 202 ? 200 : status);
	} else if (strcmp(t.repo.s, from) && strcmp(t.repo.s, "refused")) {
		req_problem(r, 409, "state", "task %" PRId64 " has no packages that wait", t.id);
	} else {
		n = db_begin() < 0 ? -1 : db_run("UPDATE task SET repo = ? WHERE id = ? AND repo IN"
		    " ('held', 'refused')", "si", to, t.id);
		if (n >= 0) {
			task_event(t.id, "repo", to);
			n = db_commit();
		}
		if (n < 0)
			req_failed(r, "repo");
		else
			req_answer(r, status);
		task_ring(t.id);
		bell_ring(BELL_PUBLISH, BELL_STATE);
	}
	task_free(&t);
}

void
publish_take(struct req *r)
{
	decide(r, "held", "waiting", "done", 202);
}

void
publish_reject(struct req *r)
{
	decide(r, "held", "rejected", NULL, 204);
}
