#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "digest.h"
#include "file.h"
#include "serve/bell.h"
#include "serve/conf.h"
#include "serve/db.h"
#include "serve/http.h"
#include "serve/lease.h"

enum { LIST_MOST = 64 << 10 };

/* Workers of an older interface are told to become newer. */
static const int oldest[] = { 0, 1, 0 };

static int
is_old(const char *version)
{
	int v[3] = { 0, 0, 0 }, i;

	if (sscanf(version, "%d.%d.%d", &v[0], &v[1], &v[2]) < 2)
		return 1;
	for (i = 0; i < 3; i++)
		if (v[i] != oldest[i])
			return v[i] < oldest[i];
	return 0;
}

/* The worker that the token is of, and whether it gets anything. */
static int
worker(struct req *r, struct can *c, int64_t *drain)
{
	struct buf why = { 0 };
	int got = db_get("SELECT id, drain, why FROM worker WHERE token = ?", "i|iis", r->who.id,
	    &c->worker, drain, &why);

	if (got < 0)
		req_failed(r, "worker");
	else if (!got)
		req_problem(r, 403, "scope", "another token is that of the worker %s now", r->who.name);
	else if (*drain)
		req_head(r, "Aoinb-Drain", "%s", why.len ? why.s : "drained");
	buf_free(&why);
	return got == 1 ? 0 : -1;
}

/* What it says of itself is kept as it is: for people, and for what a task wants.  That it
 * asked again is not worth a write each time. */
static int
note_worker(struct req *r, const struct can *c, const char *version)
{
	return db_run("UPDATE worker SET last_seen = ?1, version = ?2, cpus = nullif(?3, ?6),"
	    " memory_mib = nullif(?4, ?6), disk_mib = nullif(?5, ?6),"
	    " slots = json_extract(?7, '$.slots'), load = json_extract(?7, '$.load') + 0.0,"
	    " bases = json_extract(?7, '$.bases') WHERE id = ?8 AND (coalesce(last_seen, 0) < ?1 - 10"
	    " OR version IS NOT ?2 OR cpus IS NOT nullif(?3, ?6) OR memory_mib IS NOT nullif(?4, ?6)"
	    " OR disk_mib IS NOT nullif(?5, ?6) OR bases IS NOT json_extract(?7, '$.bases'))", "isiiiisi", now_s(), version,
	    c->cpus, c->memory, c->disk, INT64_MAX, r->body.len ? r->body.s : "{}", c->worker);
}

/* Those of the token that the worker asks for, and their branches that the token has. */
static int
narrow(struct req *r, struct can *c)
{
	struct buf want = { 0 }, branches = { 0 };
	int got = req_list(r, "archs", 1, &want), r_ok = -1;

	if (got < 0 || req_list(r, "branches", 1, &branches) < 0)
		goto out;
	r_ok = got ? db_get("SELECT json_group_array(value) FROM json_each(?) WHERE value IN"
	    " (SELECT value FROM json_each(?))", "ss|s", r->who.archs, want.s, &c->archs) :
	    buf_puts(&c->archs, r->who.archs);
	if (r_ok >= 0 && *r->who.branches && branches.len)
		r_ok = db_get("SELECT json_group_array(value) FROM json_each(?) WHERE value IN"
		    " (SELECT value FROM json_each(?))", "ss|s", r->who.branches, branches.s,
		    &c->branches);
	else if (r_ok >= 0)
		r_ok = buf_puts(&c->branches, branches.len ? branches.s : r->who.branches);
	if (r_ok < 0)
		req_failed(r, "lease");
out:
	buf_free(&want);
	buf_free(&branches);
	return r_ok < 0 ? -1 : 0;
}

static int
read_can(struct req *r, struct can *c, int64_t *wait)
{
	struct buf version = { 0 }, attempt = { 0 };
	int64_t drain = 0;
	int done = -1;

	c->cpus = c->memory = c->disk = INT64_MAX;
	if (!req_object(r) || req_text(r, "version", &version) < 0 ||
	    req_text(r, "attempt", &attempt) < 0 || req_int(r, "wait", 0, 50, wait) < 0 ||
	    req_int(r, "cpus", 0, 1 << 20, &c->cpus) < 0 ||
	    req_int(r, "memory_mib", 0, INT64_MAX, &c->memory) < 0 ||
	    req_int(r, "disk_mib", 0, INT64_MAX, &c->disk) < 0)
		goto out;
	if (version.len && (is_old(version.s) || version.len > 64)) {
		req_problem(r, 426, "version", "aoinb %.60s is too old for this server, which is %s; "
		    "install a newer one", version.s, AOINB_VERSION);
		goto out;
	}
	if (attempt.len && sscanf(attempt.s, "%" SCNd64 ".%" SCNd64, &c->task, &c->n) != 2) {
		req_problem(r, 422, "field", "attempt is ID.N");
		goto out;
	}
	if (worker(r, c, &drain) < 0 || narrow(r, c) < 0)
		goto out;
	if (note_worker(r, c, version.len ? version.s : NULL) < 0) {
		req_failed(r, "worker");
		goto out;
	}
	done = 0;
	if (drain) {
		req_head(r, "Retry-After", "60");
		req_answer(r, 204);
	}
out:
	buf_free(&version);
	buf_free(&attempt);
	return done;
}

/* The source list of the branch, "" when there is none. */
static int
source_list(const char *branch, struct buf *text)
{
	char path[4096];

	snprintf(path, sizeof(path), "%s/%s.list", conf.source_lists, branch);
	if (file_get(AT_FDCWD, path, LIST_MOST, text) == 0)
		return 0;
	return errno == ENOENT ? buf_puts(text, "") : -1;
}

static int
base_url(struct req *r, struct buf *url)
{
	const char *host = http_header(r, "Host"), *scheme = http_header(r, "X-Forwarded-Proto");

	if (*conf.url)
		return buf_puts(url, conf.url);
	return buf_printf(url, "%s://%s", scheme && !strcmp(scheme, "https") ? "https" : "http",
	    host ? host : "localhost");
}

static void
give(struct req *r, const struct can *c)
{
	struct buf list = { 0 }, url = { 0 }, branch = { 0 };
	char hex[DIGEST_HEX] = "";

	if (db_get("SELECT branch FROM task WHERE id = ?", "i|s", c->task, &branch) != 1 ||
	    source_list(branch.s, &list) < 0 || base_url(r, &url) < 0 ||
	    digest_key(list.s, hex) < 0 ||
	    db_get("SELECT json_object('id', id, 'attempt', ?2, 'lease', ?3, 'lease_s', ?4, 'name',"
	    " name, 'branch', branch, 'arch', arch, 'targets', json(targets), 'modifiers',"
	    " modifiers, 'settings', json(settings), 'needs', json_object('cpus', needs_cpus,"
	    " 'memory_mib', needs_memory, 'disk_mib', needs_disk, 'time_s', needs_time), 'engine', engine, 'layout', layout, 'bundle_size',"
	    " bundle_size, 'bundle_sha256', bundle_sha256, 'packages', json(packages),"
	    " 'source_list', nullif(?5, ''), 'source_list_sha256', CASE WHEN ?5 <> '' THEN ?6 END,"
	    " 'repo', ?7 || '/repo/' || branch, 'limits', json_object('log', ?8, 'output', ?9))"
	    " FROM task WHERE id = ?1", "iisisssii|s", c->task, c->n, c->secret, conf.lease, list.s,
	    hex, url.s, conf.log_size, conf.output_size, &r->out) != 1)
		req_failed(r, "lease");
	else
		req_answer(r, 200);
	buf_free(&list);
	buf_free(&url);
	buf_free(&branch);
}

/* Waits for a task, as long as the worker does. */
static int
wait_for_one(struct req *r, struct can *c, int64_t seconds)
{
	int64_t until = now_us() + seconds * 1000000, left;
	struct bell_seen seen;
	int got;

	for (;;) {
		seen = bell_seen(BELL_QUEUE);
		/* It would have to run out before another gets it. */
		if (http_gone(r))
			return 0;
		got = claim(c);
		left = until - now_us();
		if (got || left <= 0 || http_ending() || c->task)
			return got;
		/* Some wait for a time to come, which nobody rings. */
		bell_wait(BELL_QUEUE, &seen, left > 2000000 ? 2000 : (int)(left / 1000) + 1);
	}
}

void
lease_new(struct req *r)
{
	struct can c = { 0 };
	int64_t wait = 0;
	int got;

	if (read_can(r, &c, &wait) < 0 || r->status)
		goto out;
	if (wait)
		http_timeout(r, 120);
	got = wait_for_one(r, &c, wait);
	if (got < 0)
		req_failed(r, "lease");
	else if (got)
		give(r, &c);
	else if (c.task && db_get("SELECT 1 FROM task WHERE id = ? AND state = 'queued' AND"
	    " attempts + 1 = ?", "ii|", c.task, c.n) == 1)
		req_problem(r, 403, "worker", "attempt %" PRId64 ".%" PRId64 " is not for this worker, "
		    "by its branch, its architecture or what it needs", c.task, c.n);
	else if (c.task)
		req_problem(r, 409, "taken", "attempt %" PRId64 ".%" PRId64 " is another's, or over",
		    c.task, c.n);
	else {
		req_head(r, "Retry-After", "%d", wait ? 1 : 10);
		req_answer(r, 204);
	}
out:
	buf_free(&c.archs);
	buf_free(&c.branches);
}
