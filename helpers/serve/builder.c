#include <errno.h>
#include <string.h>

#include "serve/bell.h"
#include "serve/builder.h"
#include "serve/db.h"
#include "serve/http.h"
#include "sign.h"

#define WORKER \
	"'name', w.name, 'archs', json(w.archs), 'trust', json(iif(w.trust, 'true', 'false'))," \
	" 'drain', json(iif(w.drain, 'true', 'false')), 'why', w.why, 'failures', w.failures," \
	" 'cpus', w.cpus, 'memory_mib', w.memory_mib, 'disk_mib', w.disk_mib, 'slots', w.slots," \
	" 'load', w.load, 'bases', json(w.bases), 'version', w.version, 'last_seen', w.last_seen," \
	" 'running', json((SELECT json_group_array(json_object('task', a.task, 'attempt', a.n," \
	" 'step', a.step, 'name', t.name)) FROM attempt a JOIN task t ON t.id = a.task" \
	" WHERE a.worker = w.id AND a.ended IS NULL))"

void
builder_status(struct req *r)
{
	if (db_get("SELECT json_object('queue', json((SELECT json_group_array(json_object('arch', arch,"
	    " 'queued', n, 'oldest_s', ?1 - oldest)) FROM (SELECT arch, count(*) n, min(queued) oldest"
	    " FROM task WHERE state = 'queued' GROUP BY arch))), 'running', (SELECT count(*) FROM task"
	    " WHERE state = 'running'), 'workers', json((SELECT json_group_array(json_object(" WORKER
	    ")) FROM worker w)))", "i|s", now_s(), &r->out) < 0)
		req_failed(r, "builder");
	else
		req_answer(r, 200);
}

static void
no_worker(struct req *r)
{
	req_problem(r, 404, "worker", "there is no worker %s", r->name);
}

void
builder_show(struct req *r)
{
	int got = db_get("SELECT json_object(" WORKER ", 'pubkey', w.pubkey) FROM worker w"
	    " WHERE name = ?", "s|s", r->name, &r->out);

	if (got < 0)
		req_failed(r, "builder");
	else if (!got)
		no_worker(r);
	else
		req_answer(r, 200);
}

int
builder_key_ok(struct req *r, const char *text)
{
	unsigned char key[SIGN_KEY];

	if (strlen(text) < 2000 && sign_key(text, key) == 0)
		return 0;
	req_problem(r, 422, "field", "a public key is Ed25519, as PEM or the base64 of its 32 bytes");
	return -1;
}

void
builder_key(struct req *r)
{
	struct buf old = { 0 };
	int64_t token = 0;
	int got = db_get("SELECT token, pubkey FROM worker WHERE name = ?", "s|is", r->name, &token,
	    &old), admin = r->who.scopes & SCOPE_ADMIN, own = r->who.id && r->who.id == token;

	if (got < 0)
		req_failed(r, "builder");
	else if (!got && auth_scope(r, SCOPE_ADMIN))
		no_worker(r);
	else if (!got || (!own && !auth_scope(r, SCOPE_ADMIN)) || builder_key_ok(r, r->body.s) < 0)
		;
	else if (old.len && strcmp(old.s, r->body.s) && !admin)
		req_problem(r, 409, "key", "the worker %s has another key; an admin can replace it",
		    r->name);
	else if (db_run("UPDATE worker SET pubkey = ? WHERE name = ?", "ss", r->body.s, r->name) < 0)
		req_failed(r, "builder");
	else
		req_answer(r, 204);
	buf_free(&old);
}

static void
change(struct req *r, const char *sql, const char *text, int64_t n)
{
	int got = db_run(sql, "sis", text, n, r->name);

	if (got < 0)
		req_failed(r, "builder");
	else if (!got)
		no_worker(r);
	else {
		bell_ring(BELL_QUEUE, BELL_STATE);
		req_answer(r, 204);
	}
}

void
builder_drain(struct req *r)
{
	struct buf why = { 0 };
	size_t i;

	if (req_object(r) && req_text(r, "why", &why) >= 0) {
		for (i = 0; i < why.len; i++)	/* it becomes a header */
			if ((unsigned char)why.s[i] < ' ' || (unsigned char)why.s[i] > '~')
				why.s[i] = '?';
		change(r, "UPDATE worker SET drain = 1, why = substr(?1, 1, 200) WHERE name = ?3 AND ?2",
		    why.len ? why.s : "drained", 1);
	}
	buf_free(&why);
}

void
builder_resume(struct req *r)
{
	change(r, "UPDATE worker SET drain = 0, why = ?1, failures = 0 WHERE name = ?3 AND ?2",
	    NULL, 1);
}

void
builder_trust(struct req *r)
{
	int64_t trust = 0;
	int got = req_object(r) ? req_bool(r, "trust", &trust) : -1;

	if (got == 0)
		req_problem(r, 422, "field", "trust: true or false");
	else if (got == 1)
		change(r, "UPDATE worker SET trust = ?2 WHERE name = ?3", NULL, trust);
}
