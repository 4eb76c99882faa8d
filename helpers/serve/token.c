#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "digest.h"
#include "serve/builder.h"
#include "serve/db.h"
#include "serve/http.h"
#include "serve/req.h"

#define SCOPES "json_array('read','submit','cancel','work','admin')"

void
token_list(struct req *r)
{
	if (db_get("SELECT json_group_array(json_object('id', id, 'name', name, 'scopes',"
	    " (SELECT json_group_array(value) FROM json_each(" SCOPES ")"
	    "  WHERE CAST(scopes AS INTEGER) >> key & 1), 'branches', json(branches),"
	    " 'archs', json(archs), 'created', created, 'expires', expires, 'used', used,"
	    " 'revoked', revoked)) FROM token", "|s", &r->out) < 0)
		req_failed(r, "token");
	else
		req_answer(r, 200);
}

/* What a new token is to be. */
struct wish {
	struct buf name, scopes, branches, archs, pubkey;
	int64_t expires, trust;
	int bits;
};

static void
wish_free(struct wish *w)
{
	buf_free(&w->name);
	buf_free(&w->scopes);
	buf_free(&w->branches);
	buf_free(&w->archs);
	buf_free(&w->pubkey);
}

static int
wish_read(struct req *r, struct wish *w)
{
	int archs, got;

	if (!req_object(r) || req_text(r, "name", &w->name) < 0 ||
	    req_list(r, "scopes", 1, &w->scopes) < 0 ||
	    req_list(r, "branches", 1, &w->branches) < 0 ||
	    (archs = req_list(r, "archs", 1, &w->archs)) < 0 ||
	    req_bool(r, "trust", &w->trust) < 0 || (got = req_text(r, "pubkey", &w->pubkey)) < 0 ||
	    req_int(r, "expires_s", 1, INT32_MAX, &w->expires) < 0)
		return -1;
	w->bits = w->scopes.len > 2 ? auth_scopes(w->scopes.s) : 0;
	if (!w->name.len || !name_ok(w->name.s))
		req_problem(r, 422, "field", "name: whose token it is, in letters, digits and "
		    "._+~-");
	else if (w->bits <= 0)
		req_problem(r, 422, "field", "scopes: a list of read, submit, cancel, work, place, admin");
	else if (w->bits & SCOPE_WORK && (archs < 1 || w->archs.len < 3))
		req_problem(r, 422, "field", "archs: a worker's token names the architectures");
	else if (w->branches.len > 1000 || w->archs.len > 1000)
		req_problem(r, 422, "field", "too many branches or architectures");
	else if (got == 1 && builder_key_ok(r, w->pubkey.s) < 0)
		return -1;
	return r->status ? -1 : 0;
}

/* In a transaction.  An empty text is none. */
static int64_t
insert(const struct wish *w, const char *sha)
{
	char bits[16];
	int64_t now = now_s(), id;

	snprintf(bits, sizeof(bits), "%d", w->bits);
	if (db_run("INSERT INTO token(secret_sha, name, scopes, branches, archs, created, expires)"
	    " VALUES(?, ?, ?, nullif(?, ''), nullif(?, ''), ?, nullif(?, 0))", "sssssii", sha,
	    w->name.s, bits, w->branches.s ? w->branches.s : "", w->archs.s ? w->archs.s : "",
	    now, w->expires ? now + w->expires : (int64_t)0) < 0)
		return -1;
	id = db_added();
	if (!(w->bits & SCOPE_WORK))
		return id;
	return db_run("INSERT INTO worker(name, token, archs, trust, pubkey) VALUES(?1, ?2, ?3, ?4,"
	    " nullif(?5, '')) ON CONFLICT(name) DO UPDATE SET token = ?2, archs = ?3, trust = ?4,"
	    " pubkey = coalesce(nullif(?5, ''), pubkey), drain = 0, why = NULL, failures = 0",
	    "sisis", w->name.s, id, w->archs.s, w->trust, w->pubkey.s ? w->pubkey.s : "") < 0 ?
	    -1 : id;
}

void
token_add(struct req *r)
{
	char secret[SECRET_HEX], sha[SECRET_HEX];
	struct wish w = { 0 };
	int64_t id = -1;

	if (wish_read(r, &w) < 0)
		goto out;
	if (auth_secret(secret, sha) < 0 || db_begin() < 0)
		goto fail;
	id = insert(&w, sha);
	if (id < 0) {
		db_rollback();
		goto fail;
	}
	if (db_commit() < 0 || buf_printf(&r->out, "{\"id\":%" PRId64 ",\"token\":\"aoinb1_%" PRId64
	    "_%s\"}\n", id, id, secret) < 0)
		goto fail;
	req_answer(r, 201);
	goto out;
fail:
	req_failed(r, "token");
out:
	wish_free(&w);
}

void
token_revoke(struct req *r)
{
	int n = db_run("UPDATE token SET revoked = coalesce(revoked, ?) WHERE id = ?", "ii", now_s(),
	    r->task);

	if (n < 0)
		req_failed(r, "token");
	else if (!n)
		req_problem(r, 404, "token", "there is no token %" PRId64, r->task);
	else
		req_answer(r, 204);
}

/* Where a form's answer leads: a path of ours, or the first page. */
static const char *
back(struct req *r)
{
	const char *to = http_query(r, "to"), *s;

	for (s = to ? to : ""; *s > ' ' && *s < 0x7f && *s != '\\'; s++)
		;
	return to && *to == '/' && to[1] != '/' && !*s ? to : "/";
}

/* The token of the body, which is text, JSON or a form.  Returns 0, or -1 having answered. */
static int
session_token(struct req *r, struct buf *token)
{
	const char *s = strncmp(r->body.s, "token=", 6) ? r->body.s : r->body.s + 6;
	size_t n;

	if (*r->body.s == '{') {
		if (!req_object(r) || req_text(r, "token", token) < 0)
			return -1;
	} else if (buf_puts(token, s) < 0) {
		req_failed(r, "session");
		return -1;
	}
	n = token->len ? strspn(token->s, "abcdefghijklmnopqrstuvwxyz0123456789_") : 0;
	if (n && (!token->s[n] || !strcmp(token->s + n, "\n"))) {
		token->s[n] = '\0';
		return 0;
	}
	req_problem(r, 400, "request", "the body is a token");
	return -1;
}

/* The token itself is the cookie: the server keeps nothing more. */
void
session_begin(struct req *r)
{
	const char *scheme = http_header(r, "X-Forwarded-Proto");
	const char *type = http_header(r, "Content-Type");
	struct buf token = { 0 };

	if (!auth_origin(r, 1) || session_token(r, &token) < 0)
		goto out;
	snprintf(r->name, sizeof(r->name), "%s", token.s);
	if (auth_token(r, r->name) == 0) {
		req_head(r, "Set-Cookie", "aoinb=%s; HttpOnly; SameSite=Strict; Path=/%s", token.s,
		    scheme && !strcmp(scheme, "https") ? "; Secure" : "");
		if (type && !strncmp(type, "application/x-www-form-urlencoded", 33) && http_query(r, "to")) {
			req_head(r, "Location", "%s", back(r));
			req_answer(r, 303);
		} else {
			req_answer(r, 204);
		}
	}
out:
	buf_free(&token);
}

void
session_end(struct req *r)
{
	if (!auth_origin(r, 1))
		return;
	req_head(r, "Set-Cookie", "%s", "aoinb=; HttpOnly; SameSite=Strict; Path=/; Max-Age=0");
	req_answer(r, 204);
}
