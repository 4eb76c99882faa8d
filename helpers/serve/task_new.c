#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "digest.h"
#include "parse.h"
#include "serve/bell.h"
#include "serve/bundle.h"
#include "serve/conf.h"
#include "serve/db.h"
#include "serve/http.h"
#include "serve/task.h"
#include "serve/tidy.h"

int
target_ok(const char *text)
{
	char word[REQ_NAME];
	size_t n;

	for (;; text += n + 1) {
		n = strcspn(text, "/");
		if (n >= sizeof(word))
			return 0;
		memcpy(word, text, n);
		word[n] = '\0';
		if (!name_ok(word))
			return 0;
		if (!text[n])
			return 1;
	}
}

static int
plain_text(const char *s, size_t most)
{
	const unsigned char *p;

	for (p = (const unsigned char *)s; *p; p++)
		if (*p < ' ' || *p == 0x7f)
			return 0;
	return strlen(s) <= most;
}

struct wish {
	struct buf name, branch, arch, group, targets, modifiers, settings, engine;
	int64_t prio, cpus, memory, disk, time;
};

static void
wish_free(struct wish *w)
{
	buf_free(&w->name);
	buf_free(&w->branch);
	buf_free(&w->arch);
	buf_free(&w->group);
	buf_free(&w->targets);
	buf_free(&w->modifiers);
	buf_free(&w->settings);
	buf_free(&w->engine);
}

static int
no(struct req *r, const char *member, const char *what)
{
	req_problem(r, 422, "field", "%s: %s", member, what);
	return -1;
}

/* NAME or NAME:MODIFIERS, as aoinb-tree(5) has them. */
static int
wanted_ok(const char *text)
{
	size_t n = strcspn(text, ":");
	struct buf name = { 0 };
	int ok = buf_printf(&name, "%.*s", (int)n, text) == 0 && target_ok(name.s) &&
	    (!text[n] || parse_modifiers_ok(text + n + 1));

	buf_free(&name);
	return ok;
}

static int
bad_target(void *arg, const struct db_row *row)
{
	int *bad = arg;

	*bad |= !wanted_ok(db_text(row, 0));
	return *bad;
}

/* Keys are words, and values texts of one line. */
static int
bad_setting(void *arg, const struct db_row *row)
{
	int *bad = arg;
	const char *key = db_text(row, 0), *value = db_text(row, 1);

	*bad |= strspn(key, "abcdefghijklmnopqrstuvwxyz_0123456789") != strlen(key) || !*key ||
	    strcmp(db_text(row, 2), "text") || !plain_text(value, 4096);
	return *bad;
}

static int
check(struct req *r, struct wish *w)
{
	int bad = 0;

	if (w->targets.len && db_each(bad_target, &bad, "SELECT value FROM json_each(?)", "s",
	    w->targets.s) == 0 && bad)
		return no(r, "targets", "names such as category/name, or category/name:+modifier,-modifier");
	if (r->body.len && db_each(bad_setting, &bad, "SELECT key, value, type FROM"
	    " json_each(?, '$.settings')", "s", r->body.s) == 0 && bad)
		return no(r, "settings", "an object of keys of aoinb.ini with texts for values");
	if (w->name.len && !plain_text(w->name.s, 200))
		return no(r, "name", "one line of at most 200 bytes");
	if (w->modifiers.len && !plain_text(w->modifiers.s, 1000))
		return no(r, "modifiers", "one line of at most 1000 bytes");
	if (w->group.len && !name_ok(w->group.s))
		return no(r, "group", "letters, digits and ._+~-");
	if (!name_ok(w->arch.s))
		return no(r, "arch", "a name such as amd64");
	if (strcmp(w->engine.s, "pull") && strcmp(w->engine.s, "slurm"))
		return no(r, "engine", "pull or slurm");
	if (w->branch.len && (!name_ok(w->branch.s) || !conf_branch(w->branch.s))) {
		req_problem(r, 422, "branch", "there is no branch %.100s here", w->branch.s);
		return -1;
	}
	return w->branch.len && !auth_branch(r, w->branch.s) ? -1 : 0;
}

static int
needs(struct req *r, struct wish *w)
{
	return req_int(r, "needs.cpus", 0, 100000, &w->cpus) < 0 ||
	    req_int(r, "needs.memory_mib", 0, INT32_MAX, &w->memory) < 0 ||
	    req_int(r, "needs.disk_mib", 0, INT32_MAX, &w->disk) < 0 ||
	    req_int(r, "needs.time_s", 0, INT32_MAX, &w->time) < 0 ? -1 : 0;
}

static int
wish_read(struct req *r, struct wish *w)
{
	if (!req_object(r) || req_text(r, "name", &w->name) < 0 ||
	    req_text(r, "branch", &w->branch) < 0 || req_text(r, "arch", &w->arch) < 0 ||
	    req_text(r, "group", &w->group) < 0 || req_text(r, "modifiers", &w->modifiers) < 0 ||
	    req_text(r, "engine", &w->engine) < 0 || req_list(r, "targets", 0, &w->targets) < 0 ||
	    req_int(r, "priority", -100, 100, &w->prio) < 0 || needs(r, w) < 0)
		return -1;
	if ((!w->arch.len && buf_puts(&w->arch, conf.arch) < 0) ||
	    (!w->engine.len && buf_puts(&w->engine, conf.engine) < 0)) {
		req_failed(r, "task");
		return -1;
	}
	if (r->body.len && db_get("SELECT json_extract(?, '$.settings')", "s|s", r->body.s,
	    &w->settings) < 0) {
		req_failed(r, "task");
		return -1;
	}
	return check(r, w);
}

static const char *
or_null(const struct buf *b)
{
	return b->len ? b->s : NULL;
}

/* Whether the same was asked for before; then answers.  In a transaction. */
static int
asked_before(struct req *r, const char *key, const char *sha)
{
	struct buf was = { 0 };
	int64_t id, retry_of;
	int got = key ? db_get("SELECT id, retry_of, idem_sha FROM task WHERE owner = ? AND"
	    " idem_key = ?", "is|iis", r->who.id, key, &id, &retry_of, &was) : 0;

	if (got == 1 && strcmp(was.s, sha))
		req_problem(r, 422, "key", "another request had this Idempotency-Key");
	else if (got == 1) {
		req_head(r, "Location", "/task/%" PRId64, id);
		if (buf_printf(&r->out, retry_of ? "{\"id\":%" PRId64 ",\"retry_of\":%" PRId64 "}\n" :
		    "{\"id\":%" PRId64 "}\n", id, retry_of) < 0)
			req_failed(r, "task");
		else
			req_answer(r, 200);
	}
	buf_free(&was);
	return got;
}

/* The key, and what the request is known by.  Returns 0, or -1 having answered. */
static int
key_of(struct req *r, const char **key, char sha[DIGEST_HEX])
{
	struct buf b = { 0 };
	int bad;

	*key = http_header(r, "Idempotency-Key");
	if (*key && (!**key || strlen(*key) > 200)) {
		req_problem(r, 400, "request", "Idempotency-Key has 1 to 200 bytes");
		return -1;
	}
	bad = buf_printf(&b, "%s\n", r->path) < 0 || buf_put(&b, r->body.s, r->body.len) < 0 ||
	    digest_key(b.s, sha) < 0;
	buf_free(&b);
	if (bad)
		req_failed(r, "task");
	return bad ? -1 : 0;
}

static int64_t
insert(struct req *r, const struct wish *w, const char *key, const char *sha)
{
	int64_t id;

	if (db_run("INSERT INTO task(name, branch, arch, engine, grp, targets, modifiers, settings,"
	    " prio, max_attempts, needs_cpus, needs_memory, needs_disk, needs_time, owner, idem_key,"
	    " idem_sha, created) VALUES(?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)", "ssssssssiiiiiiissi",
	    or_null(&w->name), or_null(&w->branch), w->arch.s, w->engine.s, or_null(&w->group),
	    or_null(&w->targets), or_null(&w->modifiers), or_null(&w->settings), w->prio,
	    conf.retries, w->cpus, w->memory, w->disk, w->time, r->who.id, key, sha, now_s()) < 0)
		return -1;
	id = db_added();
	return task_event(id, "created", r->who.name) < 0 ? -1 : id;
}

void
task_new(struct req *r)
{
	char sha[DIGEST_HEX];
	struct wish w = { 0 };
	const char *key;
	int64_t id;
	int got;

	if (!auth_rate(r) || key_of(r, &key, sha) < 0 || wish_read(r, &w) < 0)
		goto out;
	if (db_begin() < 0) {
		req_failed(r, "task");
		goto out;
	}
	got = asked_before(r, key, sha);
	id = got ? 0 : insert(r, &w, key, sha);
	if (db_commit() < 0 || got < 0 || id < 0) {
		req_failed(r, "task");
	} else if (!got) {
		req_head(r, "Location", "/task/%" PRId64, id);
		if (buf_printf(&r->out, "{\"id\":%" PRId64 "}\n", id) < 0)
			req_failed(r, "task");
		else
			req_answer(r, 201);
		task_ring(id);
	}
out:
	wish_free(&w);
}

/* The bundle under a second name: it is never written to again. */
static int
link_bundle(int64_t from, int64_t to, const char *sha)
{
	char a[128], b[128];

	bundle_path(from, sha, a);
	bundle_path(to, sha, b);
	if (task_folder(to, 0) < 0 || (unlinkat(conf.at, b, 0) < 0 && errno != ENOENT))
		return -1;
	return linkat(conf.at, a, conf.at, b, 0) < 0 ? -1 : tidy_sync(b);
}

static int64_t
copy_row(struct req *r, int64_t of, const char *key, const char *sha)
{
	int64_t now = now_s(), id;

	if (db_run("INSERT INTO task(name, branch, arch, engine, grp, targets, modifiers, settings,"
	    " prio, max_attempts, needs_cpus, needs_memory, needs_disk, needs_time, bundle_sha256,"
	    " bundle_size, layout, packages, state, queued, created, owner, idem_key, idem_sha,"
	    " retry_of) SELECT name, branch, arch, engine, grp, targets, modifiers, settings,"
	    " prio, ?, needs_cpus, needs_memory, needs_disk, needs_time, bundle_sha256, bundle_size,"
	    " layout, packages, 'queued', ?, ?, ?, ?, ?, id FROM task WHERE id = ?", "iiiissi",
	    conf.retries, now, now, r->who.id ? r->who.id : (int64_t)0, key, sha, of) != 1)
		return -1;
	id = db_added();
	return task_event(id, "queued", "retry") < 0 ? -1 : id;
}

void
task_retry(struct req *r)
{
	char sha[DIGEST_HEX];
	const char *key;
	struct task t;
	int64_t id = 0;
	int got;

	if (!task_get(r, &t))
		return;
	if (!task_may(r, &t, SCOPE_CANCEL) || key_of(r, &key, sha) < 0 || !auth_rate(r))
		goto out;
	if (!t.sha256.len || !t.branch.len) {
		req_problem(r, 409, "missing", "task %" PRId64 " has no bundle or no branch", t.id);
		goto out;
	}
	if (!auth_branch(r, t.branch.s))
		goto out;
	if (db_begin() < 0) {
		req_failed(r, "task");
		goto out;
	}
	got = asked_before(r, key, sha);
	id = got ? 0 : copy_row(r, t.id, key, sha);
	/* One link is quick, and who claims the task must find it. */
	if (got < 0 || id < 0 || (id && link_bundle(t.id, id, t.sha256.s) < 0)) {
		req_failed(r, "task");
		db_rollback();
	} else if (db_commit() < 0) {
		req_failed(r, "task");
	} else if (!got) {
		req_head(r, "Location", "/task/%" PRId64, id);
		buf_printf(&r->out, "{\"id\":%" PRId64 ",\"retry_of\":%" PRId64 "}\n", id, t.id);
		req_answer(r, 201);
		task_ring(id);
		bell_ring(BELL_QUEUE, BELL_STATE);
	}
out:
	task_free(&t);
}
