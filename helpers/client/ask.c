#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>
#include <unistd.h>

#include "client/client.h"
#include "err.h"
#include "file.h"
#include "http/list.h"
#include "http/wait.h"
#include "parse.h"
#include "plain.h"

enum { MOST_PAUSE = 30, REFUSALS = 4, USUAL_PAUSE = 5 };

const char *
ask_url(const struct client *c, char url[4096], const char *path)
{
	snprintf(url, 4096, "%s%s", c->url, path);
	return url;
}

void
ask_key(char key[40])
{
	unsigned char bytes[16];
	size_t i;

	if (getrandom(bytes, sizeof(bytes), 0) != sizeof(bytes))
		die_sys(EX_OSERR, "random");
	for (i = 0; i < sizeof(bytes); i++)
		snprintf(key + 2 * i, 3, "%02x", bytes[i]);
}

int
ask_odd(struct client *c)
{
	warn_msg("%s: an answer that is none of aoinb-serve's", c->name);
	c->code = EX_DATAERR;
	return -1;
}

int
ask_alone(struct client *c, const struct http_answer *a)
{
	char code[40];

	snprintf(code, sizeof(code), "answered %ld", a->status);
	warn_msg("%s: no answer: %s; does it run, and is that its address?", c->name,
	    a->status ? code : a->why);
	c->code = EX_UNAVAILABLE;
	return -1;
}

int
ask_refused(struct client *c, const struct http_answer *a)
{
	struct buf detail = { 0 }, code = { 0 };
	uint64_t n;

	c->code = EX_UNAVAILABLE;
	if (member_text(&a->body, "detail", &detail) < 0 || !detail.len) {
		warn_msg("%s: answered %ld, as aoinb-serve does not; is that its address?", c->name,
		    a->status);
	} else {
		warn_msg("%s: %s", c->name, detail.s);
		if (member_text(&a->body, "exit", &code) == 0 && parse_uint(code.s, 1, 125, &n) == 0)
			c->code = (int)n;
	}
	buf_free(&detail);
	buf_free(&code);
	return -1;
}

/* Waits before the same is asked again.  Returns -1 where that is no use. */
static int
again(struct client *c, const struct http_answer *a, unsigned *tries)
{
	long pause = a->after ? a->after : USUAL_PAUSE;
	char code[40];

	++*tries;
	if (a->too_long) {
		warn_msg("%s: an answer that is too large", c->name);
		c->code = EX_DATAERR;
		return -1;
	}
	if (!a->status || a->status == 502 || a->status == 504) {
		if (*tries == c->tries)
			return ask_alone(c, a);
		snprintf(code, sizeof(code), "answered %ld", a->status);
		if (*tries == 2)
			warn_msg("%s: %s; trying again", c->name, a->status ? code : a->why);
		pause = *tries;
	} else if ((a->status != 429 && a->status != 503 && a->status != 507) ||
	    (c->tries && *tries >= REFUSALS)) {
		return ask_refused(c, a);
	}
	wait_ms((pause < MOST_PAUSE ? pause : MOST_PAUSE) * 1000);
	return 0;
}

int
ask_keyed(struct client *c, const char *method, const char *path, const char *body,
    const char *key, struct http_answer *a)
{
	char url[4096], head[100], random[40];
	struct http_ask q = { .method = method, .url = ask_url(c, url, path), .fd = -1, .wait = 60,
	    .bearer = c->token.len ? c->token.s : NULL, .heads = { head } };
	unsigned tries = 0;

	if (!key) {
		ask_key(random);
		key = random;
	}
	snprintf(head, sizeof(head), "Idempotency-Key: %s", key);
	if (body) {
		q.text = body;
		q.len = strlen(body);
		q.type = "application/json";
	}
	for (;;) {
		http_do(&q, a);
		if (wait_stopped())
			break;
		if (a->status / 100 == 2 || a->status == 304)
			return 0;
		if (again(c, a, &tries) < 0 || wait_stopped())
			break;
		http_free(a);
	}
	if (wait_stopped())
		c->code = 128 + wait_stopped();
	http_free(a);
	return -1;
}

int
ask(struct client *c, const char *method, const char *path, const char *body,
    struct http_answer *a)
{
	return ask_keyed(c, method, path, body, NULL, a);
}

int
ask_only(struct client *c, const char *method, const char *path, const char *body)
{
	struct http_answer a;

	if (ask(c, method, path, body, &a) < 0)
		return -1;
	http_free(&a);
	return 0;
}

int
ask_print(struct client *c, const struct http_answer *a)
{
	struct plain plain = { .bare = plain_bare() };
	struct buf out = { 0 };
	int terminal = isatty(STDOUT_FILENO), r = 0;

	if (terminal && (plain_put(&plain, a->body.s, a->body.len, &out) < 0 || plain_end(&plain, &out) < 0))
		die_sys(EX_OSERR, "memory");
	if (terminal ? file_write(STDOUT_FILENO, out.s, out.len) < 0 :
	    file_write(STDOUT_FILENO, a->body.s, a->body.len) < 0) {
		warn_sys("standard output");
		c->code = EX_IOERR;
		r = -1;
	}
	buf_free(&out);
	return r;
}
