#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "client/client.h"
#include "digest.h"
#include "err.h"
#include "file.h"
#include "http/get.h"
#include "http/list.h"
#include "http/wait.h"
#include "json.h"
#include "parse.h"
#include "store/store.h"

enum { GET_TRIES = 5 };

int
is_id(const char *s)
{
	size_t n = strspn(s, "0123456789");

	return n && n <= 15 && *s != '0' && !s[n];
}

/* word[-1] is the verb. */
int
task_each(struct client *c, char **word)
{
	const char *verb = word[-1];
	int removes = !strcmp(verb, "rm");
	char path[100];

	for (; *word && !c->code; word++) {
		snprintf(path, sizeof(path), removes ? "/task/%s" : "/task/%s/%s", *word, verb);
		ask_only(c, removes ? "DELETE" : "PUT", path, NULL);
	}
	return c->code;
}

int
task_retry(struct client *c, char **word)
{
	struct http_answer a;
	char path[100];
	int64_t id;

	for (; *word && !c->code; word++) {
		snprintf(path, sizeof(path), "/task/%s/retry", *word);
		if (ask(c, "POST", path, NULL, &a) < 0)
			break;
		id = 0;
		if (member_number(&a.body, "id", &id) < 0 || !id)
			ask_odd(c);
		else
			printf("%lld\n", (long long)id);
		http_free(&a);
	}
	return c->code;
}

/* --- packages */

struct fetch {
	struct client *c;
	const char *id, *dir;
	struct buf name, sha, url, path, part;
	int64_t size;
	int tries, any;
};

static int
is_there(const struct fetch *f)
{
	struct digest *d = digest_new(digest_algo("sha256", 6));
	int fd = open(f->path.s, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOFOLLOW);
	char hex[DIGEST_HEX] = "";
	int got = d && fd >= 0 && digest_fd(d, fd, -1) >= 0 && digest_hex(d, hex) == 0 &&
	    !strcmp(hex, f->sha.s);

	close_keep(fd);
	digest_free(d);
	return got;
}

static int
go(void *arg, const struct http_answer *a)
{
	struct fetch *f = arg;

	note("task %s: %s: broke off: %s", f->id, f->name.s, a->why);
	return ++f->tries >= GET_TRIES;
}

/* One that has another digest than it is to have may have been there before us. */
static int
bring(struct fetch *f)
{
	const struct get g = { .url = f->url.s, .path = f->path.s, .part = f->part.s, .mode = 0644,
	    .bearer = f->c->token.len ? f->c->token.s : NULL, .sha256 = f->sha.s, .most = f->size };
	struct http_answer a;
	enum sent how;

	do {
		how = get_file(&g, go, f, &a);
		if (how == SENT || wait_stopped())
			break;
		http_free(&a);
		/* One that is too long, too. */
		if (how == SENT_REFUSED && unlink(f->part.s) < 0 && errno != ENOENT)
			break;
	} while (++f->tries < GET_TRIES);
	http_free(&a);
	if (how == SENT)
		return 0;
	f->c->code = wait_stopped() ? 128 + wait_stopped() : EX_UNAVAILABLE;
	if (!wait_stopped())
		warn_msg("task %s: %s cannot be fetched: %s; the same command goes on with it", f->id,
		    f->name.s, a.why);
	return -1;
}

static int
is_sha256(const char *s)
{
	return strlen(s) == 64 && !s[strspn(s, "0123456789abcdef")];
}

static int
fetch_one(void *arg, const char *s, size_t len)
{
	struct fetch *f = arg;
	struct buf size = { 0 };
	uint64_t n = 0;
	int bad;

	f->any = 1;
	f->tries = 0;
	f->name.len = f->sha.len = f->url.len = f->path.len = f->part.len = 0;
	bad = json_get(s, len, "name", &f->name) < 0 || json_get(s, len, "sha256", &f->sha) < 0 ||
	    json_get(s, len, "size", &size) < 0 || parse_uint(size.s, 0, INT64_MAX, &n) < 0 ||
	    !is_sha256(f->sha.s);
	buf_free(&size);
	if (bad)
		return ask_odd(f->c);
	f->size = (int64_t)n;
	if (!store_name_ok(f->name.s)) {
		warn_msg("task %s: a package called %s is not taken", f->id, f->name.s);
		f->c->code = EX_DATAERR;
		return -1;
	}
	if (buf_printf(&f->url, "%s/task/%s/output/%s", f->c->url, f->id, f->name.s) < 0 ||
	    buf_printf(&f->path, "%s/%s", f->dir, f->name.s) < 0 ||
	    buf_printf(&f->part, "%s/.%s.part", f->dir, f->name.s) < 0)
		die_sys(EX_OSERR, "memory");
	if (!is_there(f) && bring(f) < 0)
		return -1;
	printf("%s\n", f->path.s);
	return 0;
}

static void
get_one(struct client *c, const char *id)
{
	struct fetch f = { .c = c, .id = id, .dir = c->output ? c->output : "." };
	struct http_answer a;
	char path[100];

	snprintf(path, sizeof(path), "/task/%s/output", id);
	if (ask(c, "GET", path, NULL, &a) < 0)
		return;
	if (list_each(a.body.len ? a.body.s : "", fetch_one, &f) < 0) {
		if (!c->code)
			ask_odd(c);
	} else if (!f.any) {
		warn_msg("task %s has no packages", id);
		c->code = EX_NO;
	}
	buf_free(&f.name);
	buf_free(&f.sha);
	buf_free(&f.url);
	buf_free(&f.path);
	buf_free(&f.part);
	http_free(&a);
}

int
task_get(struct client *c, char **word)
{
	if (c->output && file_mkdirs(c->output) < 0)
		die_sys(EX_CANTCREAT, "%s", c->output);
	wait_signals();
	for (; *word && !c->code; word++)
		get_one(c, *word);
	return c->code;
}

/* --- what a worker signed */

/* Writes text and a newline to the file name of the folder. */
static void
keep(const char *dir, const char *name, struct buf *text)
{
	char path[4096];

	if (buf_putc(text, '\n') < 0 || snprintf(path, sizeof(path), "%s/%s", dir, name) >= (int)sizeof(path) ||
	    file_replace(path, text->s, text->len) < 0)
		die_sys(EX_CANTCREAT, "%s/%s", dir, name);
}

static int
keep_key(struct client *c, const char *id, const char *worker, const char *dir)
{
	struct buf key = { 0 };
	struct http_answer a;
	char path[400];

	snprintf(path, sizeof(path), "/builder/%s", worker);
	if (ask(c, "GET", path, NULL, &a) < 0)
		return -1;
	if (member_text(&a.body, "pubkey", &key) < 0) {
		ask_odd(c);
	} else if (!key.len) {
		warn_msg("task %s: the worker %s has no key, so nothing can be verified", id, worker);
		c->code = EX_NO;
	} else {
		keep(dir, "key", &key);
	}
	buf_free(&key);
	http_free(&a);
	return c->code ? -1 : 0;
}

/* The envelope of a task, and what it takes to verify it, as files of a folder. */
int
envelope_get(struct client *c, char **word)
{
	const char *id = word[0], *dir = word[1];
	struct buf worker = { 0 };
	struct http_answer a;
	char path[100];

	snprintf(path, sizeof(path), "/task/%s", id);
	if (ask(c, "GET", path, NULL, &a) < 0)
		return c->code;
	if (member_text(&a.body, "worker", &worker) < 0) {
		ask_odd(c);
	} else if (!store_name_ok(worker.s)) {
		warn_msg("task %s: no worker has built it", id);
		c->code = EX_NO;
	}
	http_free(&a);
	snprintf(path, sizeof(path), "/task/%s/result.dsse", id);
	if (!c->code && keep_key(c, id, worker.s, dir) == 0 && ask(c, "GET", path, NULL, &a) == 0) {
		keep(dir, "envelope", &a.body);
		http_free(&a);
		keep(dir, "worker", &worker);
	}
	buf_free(&worker);
	return c->code;
}
