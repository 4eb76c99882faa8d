#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base64.h"
#include "digest.h"
#include "file.h"
#include "serve/bell.h"
#include "serve/conf.h"
#include "serve/db.h"
#include "serve/http.h"
#include "serve/lease.h"
#include "serve/publish.h"
#include "serve/task.h"
#include "serve/tidy.h"
#include "serve/upload.h"
#include "sign.h"

#define TYPE "application/vnd.aoinb.result+json"

/* A result that arrived. */
struct result {
	struct buf payload;	/* what was signed */
	struct buf verdict, why, outputs, log_sha, bundle;
	struct said said;
	int64_t samples;
	char sha[DIGEST_HEX];
	struct buf missing;	/* members of a list */
};

static void
result_free(struct result *t)
{
	buf_free(&t->payload);
	buf_free(&t->verdict);
	buf_free(&t->why);
	buf_free(&t->outputs);
	buf_free(&t->log_sha);
	buf_free(&t->bundle);
	buf_free(&t->missing);
}

static int
no(struct req *r, const char *what)
{
	req_problem(r, 422, "result", "the result is refused: %s; see aoinb-api(7)", what);
	return -1;
}

struct check {
	const unsigned char *key;
	const struct buf *pae;
	int good;
};

static int
check_one(void *arg, const struct db_row *row)
{
	struct check *c = arg;
	struct buf sig = { 0 };

	if (base64_get(&sig, db_text(row, 0), strlen(db_text(row, 0))) == 0 && sig.len == SIGN_LEN)
		c->good = sign_check(c->key, c->pae->s, c->pae->len, (unsigned char *)sig.s) == 1;
	buf_free(&sig);
	return c->good;
}

/* One of the signatures is by the key that the worker has, if it has one. */
static int
check_signature(struct req *r, const struct result *t)
{
	unsigned char key[SIGN_KEY];
	struct buf pub = { 0 }, pae = { 0 };
	struct check c = { key, &pae, 0 };
	int got = db_get("SELECT pubkey FROM worker WHERE id = ?", "i|s", r->worker, &pub);

	if (got == 1 && pub.len)
		got = sign_key(pub.s, key) < 0 || sign_envelope(&pae, TYPE, t->payload.s,
		    t->payload.len) < 0 || db_each(check_one, &c, "SELECT json_extract(value, '$.sig')"
		    " FROM json_each(?, '$.signatures') LIMIT 16", "s", r->body.s) < 0 ? -1 : 1;
	else
		c.good = got == 1;
	if (got < 0)
		req_failed(r, "signature");
	else if (!c.good)
		req_problem(r, 422, "signature", "no signature of the result is by the worker's key; "
		    "is it the key that the server knows?");
	buf_free(&pub);
	buf_free(&pae);
	return c.good && got >= 0 ? 0 : -1;
}

/* The payload takes the place of the body, so that its members are read as those of any. */
static int
open_envelope(struct req *r, struct result *t)
{
	struct buf type = { 0 }, text = { 0 };
	int good;

	if (!req_object(r) || req_text(r, "payloadType", &type) < 0 ||
	    req_text(r, "payload", &text) < 0) {
		buf_free(&type);
		buf_free(&text);
		return -1;
	}
	good = type.len && !strcmp(type.s, TYPE) && text.len &&
	    base64_get(&t->payload, text.s, text.len) == 0 && t->payload.len;
	buf_free(&type);
	buf_free(&text);
	if (!good)
		return no(r, "it is no envelope of type " TYPE);
	return digest_key(t->payload.s, t->sha) < 0 ? (req_failed(r, "result"), -1) :
	    check_signature(r, t);
}

static int
is_word(const struct buf *b)
{
	return b->len && b->len < 32 && b->s[strspn(b->s, "abcdefghijklmnopqrstuvwxyz-")] == '\0';
}

/* Each has a name that a package may have, a size and a digest. */
static int
bad_output(void *arg, const struct db_row *row)
{
	int *bad = arg;
	const char *sha = db_text(row, 2);

	*bad |= !name_ok(db_text(row, 0)) || !strstr(db_text(row, 0), ".deb") ||
	    strcmp(db_text(row, 1), "integer") || strlen(sha) != 64 ||
	    strspn(sha, "0123456789abcdef") != 64;
	return *bad;
}

/* Why it failed is one line, whatever the worker sent. */
static void
one_line(struct buf *b)
{
	size_t i;

	for (i = 0; i < b->len; i++)
		if ((unsigned char)b->s[i] < ' ' || b->s[i] == 0x7f)
			b->s[i] = ' ';
	if (b->len > 500)
		b->s[b->len = 500] = '\0';
}

static int
read_payload(struct req *r, struct result *t)
{
	struct said *s = &t->said;
	int bad = 0;

	s->exit = -1;
	if (!req_object(r) || req_int(r, "task", 1, INT64_MAX, &s->task) < 0 ||
	    req_int(r, "attempt", 1, INT32_MAX, &s->n) < 0 ||
	    req_int(r, "exit", 0, 255, &s->exit) < 0 || req_text(r, "verdict", &t->verdict) < 0 ||
	    req_text(r, "why", &t->why) < 0 || req_text(r, "bundle_sha256", &t->bundle) < 0 ||
	    req_text(r, "log_sha256", &t->log_sha) < 0 ||
	    req_int(r, "log_size", 0, INT64_MAX, &s->log_size) < 0 ||
	    req_int(r, "samples_size", 0, INT64_MAX, &t->samples) < 0 ||
	    req_int(r, "cpu_us", 0, INT64_MAX, &s->cpu_us) < 0 ||
	    req_int(r, "peak_kib", 0, INT64_MAX, &s->peak_kib) < 0)
		return -1;
	if (s->task != r->task || s->n != r->n)
		return no(r, "it is of another attempt");
	if (!is_word(&t->verdict) || s->exit < 0)
		return no(r, "verdict and exit are needed");
	if (db_get("SELECT coalesce(json_extract(?, '$.outputs'), '[]')", "s|s", r->body.s,
	    &t->outputs) < 0 || db_each(bad_output, &bad, "SELECT json_extract(value, '$.name'),"
	    " json_type(value, '$.size'), json_extract(value, '$.sha256') FROM json_each(?)", "s",
	    t->outputs.s) < 0 || bad)
		return no(r, "outputs is a list of name, size and sha256");
	if (!strcmp(t->verdict.s, "ok") && !s->exit && !strcmp(t->outputs.s, "[]"))
		return no(r, "the verdict is ok, and it names no package");
	one_line(&t->why);
	s->verdict = t->verdict.s;
	s->why = t->why.len ? t->why.s : NULL;
	s->outputs = t->outputs.s;
	s->sha = t->sha;
	s->worker = r->worker;
	return 0;
}

static int
miss(struct result *t, const char *name, int64_t offset)
{
	return buf_printf(&t->missing, "%s{\"name\":\"%s\",\"offset\":%" PRId64 "}",
	    t->missing.len ? "," : "", name, offset < 0 ? 0 : offset);
}

/* The SHA-256 of the file; "" when it cannot be read. */
static void
file_sha(const char *path, char hex[DIGEST_HEX])
{
	struct digest *d = digest_new(digest_algo("sha256", 6));
	int fd = openat(conf.at, path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);

	if (!d || fd < 0 || digest_fd(d, fd, -1) < 0 || digest_hex(d, hex) < 0)
		*hex = '\0';
	close_keep(fd);
	digest_free(d);
}

struct need {
	struct req *r;
	struct result *t;
	int failed;
};

/* A package is here when all of its bytes are; what has others is sent again. */
static int
need_output(void *arg, const struct db_row *row)
{
	struct need *n = arg;
	const char *name = db_text(row, 0);
	char path[512], part[520], hex[DIGEST_HEX];
	int64_t have;

	snprintf(path, sizeof(path), "task/%" PRId64 "/%" PRId64 "/output/%s", n->r->task, n->r->n,
	    name);
	snprintf(part, sizeof(part), "%s.part", path);
	have = upload_size(path);
	if (have == db_int(row, 1)) {
		file_sha(path, hex);
		if (!strcmp(hex, db_text(row, 2)))
			return 0;
	}
	if (have >= 0)
		unlinkat(conf.at, path, 0);
	n->failed |= miss(n->t, name, upload_size(part)) < 0;
	return n->failed;
}

static int
need_log(struct need *n)
{
	char path[128], hex[DIGEST_HEX];
	int64_t have;

	snprintf(path, sizeof(path), "task/%" PRId64 "/%" PRId64 "/log", n->r->task, n->r->n);
	have = upload_size(path);
	if (have < n->t->said.log_size && n->t->said.log_size > 0)
		return miss(n->t, "log", have);
	file_sha(path, hex);
	if (n->t->said.log_size && (have > n->t->said.log_size ||
	    (n->t->log_sha.len && strcmp(hex, n->t->log_sha.s)))) {
		/* It is not that log: all of it once more. */
		unlinkat(conf.at, path, 0);
		return miss(n->t, "log", 0);
	}
	return 0;
}

/* Whether all is here that the result names; else answers. */
static int
complete(struct req *r, struct result *t)
{
	struct need n = { r, t, 0 };
	char path[128];
	struct buf extra = { 0 };
	int64_t have;

	snprintf(path, sizeof(path), "task/%" PRId64 "/%" PRId64 "/samples.csv", r->task, r->n);
	have = upload_size(path);
	if (need_log(&n) < 0 || (t->samples > 0 && have < t->samples && miss(t, "samples.csv", have) < 0) ||
	    db_each(need_output, &n, "SELECT json_extract(value, '$.name'),"
	    " json_extract(value, '$.size'), json_extract(value, '$.sha256') FROM json_each(?)", "s",
	    t->outputs.s) < 0 || n.failed) {
		req_failed(r, "result");
		return 0;
	}
	if (!t->missing.len)
		return 1;
	if (buf_printf(&extra, "\"missing\":[%s]", t->missing.s) < 0)
		req_failed(r, "result");
	else
		req_problem_with(r, 409, "incomplete", extra.s, "not all that the result names is "
		    "here; send what is missing, and then the result again");
	buf_free(&extra);
	return 0;
}

/* A file that is on the disk when this returns. */
static int
keep(struct req *r, const char *name, const struct buf *b)
{
	char path[128], part[140];
	int fd, bad;

	snprintf(path, sizeof(path), "task/%" PRId64 "/%" PRId64 "/%s", r->task, r->n, name);
	snprintf(part, sizeof(part), "%s.new", path);
	fd = openat(conf.at, part, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0600);
	bad = fd < 0 || file_write(fd, b->s, b->len) < 0 || fsync(fd) < 0;
	close_keep(fd);
	return bad || renameat(conf.at, part, conf.at, path) < 0 ? -1 : tidy_sync(path);
}

static void
say(struct req *r)
{
	if (db_get("SELECT json_object('state', state, 'verdict', verdict) FROM task WHERE id = ?",
	    "i|s", r->task, &r->out) != 1)
		req_failed(r, "result");
	else
		req_answer(r, 200);
}

/* The same result again is taken; another one is not. */
static void
again(struct req *r, const struct result *t)
{
	struct buf sha = { 0 };
	int got = db_get("SELECT result_sha FROM attempt WHERE task = ? AND n = ?", "ii|s", r->task,
	    r->n, &sha);

	if (got < 0)
		req_failed(r, "result");
	else if (!sha.len)
		req_problem(r, 410, "lost", "the attempt is over; keep what was built");
	else if (strcmp(sha.s, t->sha))
		req_problem(r, 409, "result", "another result was taken for this attempt");
	else
		say(r);
	buf_free(&sha);
}

static int
take(struct req *r, struct result *t)
{
	int got;

	if (db_begin() < 0)
		return -1;
	got = verdict_take(&t->said);
	if (got < 0) {
		db_rollback();
		return -1;
	}
	return db_commit() < 0 ? -1 : got == 0 ? (again(r, t), 0) : 1;
}

void
lease_result(struct req *r)
{
	struct result t = { 0 };
	struct buf envelope = { 0 }, sha = { 0 };
	int got;

	lease_heads(r);
	http_timeout(r, 300);
	if (open_envelope(r, &t) < 0)
		goto out;
	envelope = r->body;
	r->body = (struct buf){ 0 };
	if (buf_put(&r->body, t.payload.s, t.payload.len) < 0) {
		req_failed(r, "result");
		goto out;
	}
	if (read_payload(r, &t) < 0)
		goto out;
	if (r->over) {
		again(r, &t);
		goto out;
	}
	if (db_get("SELECT bundle_sha256 FROM task WHERE id = ?", "i|s", r->task, &sha) != 1)
		req_failed(r, "result");
	else if (!t.bundle.len || strcmp(sha.s, t.bundle.s))
		no(r, "it is of another bundle");
	else if (complete(r, &t)) {
		got = task_folder(r->task, r->n) < 0 || keep(r, "result.json", &t.payload) < 0 ||
		    keep(r, "result.dsse", &envelope) < 0 ? -1 : take(r, &t);
		if (got < 0)
			req_failed(r, "result");
		else if (got)
			say(r);
		task_ring(r->task);
		bell_ring(BELL_QUEUE, BELL_STATE);
		bell_ring(BELL_PUBLISH, BELL_STATE);
		bell_ring(BELL_NOTICE, BELL_STATE);
	}
out:
	result_free(&t);
	buf_free(&envelope);
	buf_free(&sha);
}
