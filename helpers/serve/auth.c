#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <unistd.h>

#include "base64.h"
#include "digest.h"
#include "serve/conf.h"
#include "serve/db.h"
#include "serve/http.h"
#include "serve/req.h"
#include "serve/route.h"

/* Wrong secrets by address, and new tasks by token: what is allowed comes back with
 * time.  Places are shared by chance; they only slow down. */
enum { PLACES = 4096, GUESSES = 10 };
struct bucket {
	int64_t left;	/* thousandths */
	int64_t at;	/* microseconds */
};
static struct bucket guesses[PLACES], posts[PLACES];
static struct budget {
	double left, at;	/* bytes, seconds */
} budgets[PLACES];
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

/* Takes one of burst, of which minute come back in each minute. */
static int
bucket_take(struct bucket *b, int64_t burst, int64_t minute)
{
	int64_t now = now_us(), got;
	int good;

	pthread_mutex_lock(&lock);
	got = b->at ? (now - b->at) / 1000 * minute / 60 : burst * 1000;
	b->left = b->left + got > burst * 1000 ? burst * 1000 : b->left + got;
	b->at = now;
	good = b->left >= 1000;
	if (good)
		b->left -= 1000;
	pthread_mutex_unlock(&lock);
	return good;
}

static size_t
place(const char *s)
{
	size_t h = 5381;

	while (*s)
		h = h * 33 + (unsigned char)*s++;
	return h % PLACES;
}

int
auth_guesses(struct req *r)
{
	if (bucket_take(&guesses[place(r->addr)], GUESSES, GUESSES))
		return 0;
	usleep(500000);
	req_problem(r, 429, "rate", "too many wrong tokens from %s; wait a minute", r->addr);
	return 1;
}

void
auth_wrong(struct req *r, const char *why)
{
	if (!auth_guesses(r))
		req_problem(r, 401, "token", "%s", why);
}

int
auth_rate(struct req *r)
{
	char key[32];

	snprintf(key, sizeof(key), "%lld", (long long)r->who.id);
	if (!conf.rate || bucket_take(&posts[place(key)], 3 * conf.rate, conf.rate))
		return 1;
	req_problem(r, 429, "rate", "more than %lld new tasks a minute by %s; wait, or make "
	    "one task of a group", (long long)conf.rate, r->who.name);
	return 0;
}

int
auth_bytes(struct req *r, int64_t bytes)
{
	double now = (double)now_us() / 1e6, most = (double)conf.upload_day;
	struct budget *b;
	char key[32];
	int good;

	if (!conf.upload_day || !r->who.id)
		return 1;
	snprintf(key, sizeof(key), "%lld", (long long)r->who.id);
	b = &budgets[place(key)];
	pthread_mutex_lock(&lock);
	b->left = b->at > 0 ? b->left + (now - b->at) * most / 86400 : most;
	if (b->left > most)
		b->left = most;
	b->left -= (double)bytes;
	b->at = now;
	good = b->left > 0;
	pthread_mutex_unlock(&lock);
	return good;
}

int
auth_secret(char secret[SECRET_HEX], char sha[SECRET_HEX])
{
	unsigned char raw[32];
	char hex[DIGEST_HEX];
	int i;

	if (getrandom(raw, sizeof(raw), 0) != sizeof(raw))
		return -1;
	for (i = 0; i < 32; i++)
		snprintf(secret + 2 * i, 3, "%02x", raw[i]);
	if (digest_key(secret, hex) < 0)
		return -1;
	memcpy(sha, hex, SECRET_HEX);
	return 0;
}

int
auth_is(const char *secret, const char *sha)
{
	char hex[DIGEST_HEX];
	unsigned char differ = 0;
	int i;

	if (digest_key(secret, hex) < 0 || strlen(sha) != SECRET_HEX - 1)
		return 0;
	for (i = 0; i < SECRET_HEX - 1; i++)
		differ |= (unsigned char)(hex[i] ^ sha[i]);
	return !differ;
}

/* The password of Basic, in b. */
static const char *
basic(const char *s, struct buf *b)
{
	const char *colon;

	b->len = 0;
	if (base64_get(b, s, strlen(s)) < 0)
		return "";
	colon = memchr(b->s, ':', b->len);
	return colon ? colon + 1 : "";
}

const char *
auth_bearer(struct req *r)
{
	static __thread char secret[256];
	const char *s = http_header(r, "Authorization");
	struct buf b = { 0 };

	if (!s)
		return NULL;
	if (!strncasecmp(s, "Bearer ", 7))
		snprintf(secret, sizeof(secret), "%s", s + 7);
	else if (!strncasecmp(s, "Basic ", 6))
		snprintf(secret, sizeof(secret), "%s", basic(s + 6, &b));
	else
		*secret = '\0';
	buf_free(&b);
	return secret;
}

static const struct {
	const char *name;
	int bit;
} scopes[] = {
	{ "read", SCOPE_READ }, { "submit", SCOPE_SUBMIT }, { "cancel", SCOPE_CANCEL },
	{ "work", SCOPE_WORK }, { "admin", SCOPE_ADMIN },
	{ "place", SCOPE_PLACE },
};

static int
add_scope(void *arg, const struct db_row *row)
{
	int *all = arg;
	size_t i;

	for (i = 0; i < sizeof(scopes) / sizeof(*scopes); i++)
		if (!strcmp(scopes[i].name, db_text(row, 0))) {
			*all |= scopes[i].bit;
			return 0;
		}
	*all = -1;
	return 1;
}

int
auth_scopes(const char *list)
{
	int all = 0;

	return db_each(add_scope, &all, "SELECT value FROM json_each(?)", "s", list) < 0 ? -1 : all;
}

static int
everybody(void)
{
	return !strcmp(conf.public, "all") ? SCOPE_READ : 0;
}

/* A token that the database has, into who. */
static int
token_take(struct req *r, int64_t id, const char *secret)
{
	struct buf sha = { 0 }, name = { 0 }, has = { 0 }, branches = { 0 }, archs = { 0 };
	int64_t expires, used, revoked, now = now_s();
	int got = db_get("SELECT secret_sha, name, scopes, branches, archs, expires, used, revoked"
	    " FROM token WHERE id = ?", "i|sssssiii", id, &sha, &name, &has, &branches, &archs,
	    &expires, &used, &revoked), r_take = -1;

	if (got < 0) {
		req_failed(r, "token");
	} else if (!got || !auth_is(secret, sha.s)) {
		auth_wrong(r, "the token is wrong");
	} else if (revoked) {
		req_problem(r, 401, "token", "the token was revoked; ask for another");
	} else if (expires && expires <= now) {
		req_problem(r, 401, "token", "the token has expired; ask for another");
	} else {
		r->who.id = id;
		r->who.scopes = atoi(has.s) | everybody();
		if (r->who.scopes & SCOPE_ADMIN)
			r->who.scopes |= SCOPE_READ | SCOPE_SUBMIT | SCOPE_CANCEL;
		snprintf(r->who.name, sizeof(r->who.name), "%s", name.s);
		snprintf(r->who.branches, sizeof(r->who.branches), "%s", branches.s);
		snprintf(r->who.archs, sizeof(r->who.archs), "%s", archs.s);
		/* Once a minute: it costs a write. */
		r_take = used + 60 <= now && db_run("UPDATE token SET used = ? WHERE id = ?", "ii",
		    now, id) < 0 ? -1 : 0;
		if (r_take < 0)
			req_failed(r, "token");
	}
	buf_free(&sha);
	buf_free(&name);
	buf_free(&has);
	buf_free(&branches);
	buf_free(&archs);
	return r_take;
}

/* A cookie is sent by a browser whoever made it ask: what changes something must come
 * from a page of ours. */
int
auth_origin(struct req *r, int programs)
{
	const char *site = http_header(r, "Sec-Fetch-Site"), *host = http_header(r, "Host");
	const char *origin = http_header(r, "Origin"), *at = origin ? strstr(origin, "://") : NULL;
	int ours = programs && !origin;

	if (!strcmp(r->method, "GET") || !strcmp(r->method, "HEAD"))
		return 1;
	if (origin)
		ours = at && host && !strcasecmp(at + 3, host);
	if (site)
		ours = !strcmp(site, "same-origin") && (ours || !origin);
	if (!ours)
		req_problem(r, 403, "origin", "a page of another site asked for this; use a token");
	return ours;
}

int
auth_token(struct req *r, const char *token)
{
	char *end;
	int64_t id = strncmp(token, "aoinb1_", 7) ? 0 : strtoll(token + 7, &end, 10);

	if (id > 0 && *end == '_')
		return token_take(r, id, end + 1);
	auth_wrong(r, "that is no token of this server: aoinb1_N_SECRET");
	return -1;
}

int
auth_who(struct req *r)
{
	const char *bearer = auth_bearer(r), *cookie = NULL;

	r->who.scopes = everybody();
	if (http_admin(r)) {
		strcpy(r->who.name, "admin");
		r->who.scopes = SCOPE_READ | SCOPE_SUBMIT | SCOPE_CANCEL | SCOPE_ADMIN;
		return 0;
	}
	if (!bearer)
		bearer = cookie = http_cookie(r, "aoinb");
	if (!bearer)
		return 0;
	if (cookie && !auth_origin(r, 0))
		return -1;
	return auth_token(r, bearer);
}

int
auth_scope(struct req *r, enum scope scope)
{
	size_t i;

	if (!scope || (r->who.scopes & (int)scope))
		return 1;
	for (i = 0; scopes[i].bit != (int)scope; i++)
		;
	if (!*r->who.name)
		req_problem(r, 401, "token", "this takes a token of the scope %s", scopes[i].name);
	else
		req_problem(r, 403, "scope", "the token of %s has not the scope %s", r->who.name,
		    scopes[i].name);
	return 0;
}

int
auth_branch(struct req *r, const char *branch)
{
	int64_t in = 1;

	if (!*r->who.branches || r->who.scopes & SCOPE_ADMIN)
		return 1;
	if (db_get("SELECT EXISTS(SELECT 1 FROM json_each(?) WHERE value = ?)", "ss|i",
	    r->who.branches, branch, &in) < 0) {
		req_failed(r, "token");
		return 0;
	}
	if (!in)
		req_problem(r, 403, "branch", "the token of %s is not for the branch %s",
		    r->who.name, branch);
	return (int)in;
}
