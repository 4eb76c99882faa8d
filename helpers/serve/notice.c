#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base64.h"
#include "err.h"
#include "file.h"
#include "serve/bell.h"
#include "serve/child.h"
#include "serve/conf.h"
#include "serve/db.h"
#include "serve/http.h"
#include "serve/notice.h"
#include "serve/req.h"
#include "sign.h"

enum { TRIES = 10, SECONDS = 30, LATER_MS = 10000 };

/* The verdict that the same had before, "" when there was none. */
static int
last_state(int64_t task, struct buf *was, struct buf *is)
{
	return db_get("SELECT t.state, coalesce((SELECT u.state FROM task u WHERE u.name = t.name AND"
	    " u.arch = t.arch AND u.branch IS t.branch AND u.id < t.id AND u.state IN ('ok', 'failed',"
	    " 'error') ORDER BY u.id DESC LIMIT 1), '') FROM task t WHERE t.id = ?", "i|ss", task, is,
	    was);
}

static int
insert(const char *way, const struct words *to, const char *body)
{
	int i;

	for (i = 0; i < to->len; i++)
		if (db_run("INSERT INTO notice(way, to_whom, body, next) VALUES(?, ?, ?, ?)", "sssi",
		    way, to->at[i], body, now_s()) < 0)
			return -1;
	return 0;
}

int
notice_add(int64_t task)
{
	struct buf was = { 0 }, is = { 0 }, body = { 0 };
	int got;

	if (!conf.webhook.len && !conf.mail.len)
		return 0;
	got = last_state(task, &was, &is);
	if (got == 1 && strcmp(is.s, "cancelled") && strcmp(is.s, was.s)) {
		got = db_get("SELECT json_object('type', 'task.' || t.state, 'timestamp', ?2, 'data',"
		    " json_object('id', t.id, 'name', t.name, 'branch', t.branch, 'arch', t.arch,"
		    " 'state', t.state, 'before', nullif(?3, ''), 'verdict', t.verdict, 'exit', t.exit,"
		    " 'why', t.why, 'url', nullif(?4, '') || '/task/' || t.id))"
		    " FROM task t WHERE t.id = ?1", "iiss|s", task, now_s(), was.s, conf.url, &body);
		if (got == 1)
			got = insert("webhook", &conf.webhook, body.s) < 0 ||
			    insert("mail", &conf.mail, body.s) < 0 ? -1 : 1;
	}
	buf_free(&was);
	buf_free(&is);
	buf_free(&body);
	return got < 0 ? -1 : 0;
}

struct letter {
	int64_t id, tries;
	struct buf way, to, body;
};

/* A line NAME = "VALUE" of a configuration of curl. */
static int
line(struct buf *b, const char *name, const char *value)
{
	int bad = buf_printf(b, "%s = \"", name) < 0;

	for (; *value && !bad; value++) {
		if (strchr("\"\\", *value))
			bad = buf_putc(b, '\\') < 0;
		if (!bad)
			bad = *value == '\n' ? buf_puts(b, "\\n") < 0 : buf_putc(b, *value) < 0;
	}
	return bad ? -1 : buf_puts(b, "\"\n");
}

/* The key of webhook_secret: the file's first line, or what is behind whsec_ in it. */
static int
secret(struct buf *key)
{
	struct buf text = { 0 };
	size_t n;
	int r;

	if (!*conf.webhook_secret)
		return buf_puts(key, "");
	r = file_get(AT_FDCWD, conf.webhook_secret, 4096, &text);
	if (r < 0) {
		warn_sys("[serve] webhook_secret: %s", conf.webhook_secret);
		return -1;
	}
	n = strcspn(text.s, "\r\n");
	r = !strncmp(text.s, "whsec_", 6) ? base64_get(key, text.s + 6, n - 6) :
	    buf_put(key, text.s, n);
	buf_free(&text);
	return r;
}

/* As Standard Webhooks has it: the signature is over id, time and body. */
static int
sign(struct buf *conf_text, const struct letter *l)
{
	struct buf key = { 0 }, text = { 0 }, head = { 0 };
	unsigned char mac[SIGN_HMAC];
	int64_t now = now_s();
	int bad;

	bad = secret(&key) < 0 || buf_printf(&head, "webhook-id: msg_%" PRId64, l->id) < 0 ||
	    line(conf_text, "header", head.s) < 0;
	head.len = 0;
	bad = bad || buf_printf(&head, "webhook-timestamp: %" PRId64, now) < 0 ||
	    line(conf_text, "header", head.s) < 0;
	head.len = 0;
	if (!bad && key.len)
		bad = buf_printf(&text, "msg_%" PRId64 ".%" PRId64 ".%s", l->id, now, l->body.s) < 0 ||
		    sign_hmac(key.s, key.len, text.s, text.len, mac) < 0 ||
		    buf_puts(&head, "webhook-signature: v1,") < 0 ||
		    base64_put(&head, mac, sizeof(mac)) < 0 || line(conf_text, "header", head.s) < 0;
	buf_free(&key);
	buf_free(&text);
	buf_free(&head);
	return bad ? -1 : 0;
}

/* By curl, which is told by its standard input: others see command lines. */
static int
webhook(const struct letter *l)
{
	const char *argv[] = { "curl", "-q", "-sS", "-f", "--max-time", "30", "--proto", "=http,https",
	    "-o", "/dev/null", "-K", "-", NULL };
	struct child c = { .argv = argv, .writes = -1, .seconds = SECONDS };
	struct buf text = { 0 };
	int code = -1;

	if (line(&text, "url", l->to.s) == 0 &&
	    line(&text, "header", "Content-Type: application/json") == 0 && sign(&text, l) == 0 &&
	    line(&text, "data-raw", l->body.s) == 0) {
		c.in = text.s;
		code = child_run(&c);
		if (code)
			warn_msg("webhook %s: %s", l->to.s, code < 0 ? "curl cannot be run" : child_why(&c));
	}
	child_free(&c);
	buf_free(&text);
	return code == 0 ? 0 : -1;
}

static int
mail(const struct letter *l)
{
	const char *argv[] = { conf.sendmail, "-oi", "-t", NULL };
	struct child c = { .argv = argv, .writes = -1, .seconds = SECONDS };
	struct buf text = { 0 }, subject = { 0 };
	int code = -1, got;

	got = db_get("SELECT json_extract(?1, '$.data.name') || ' ' || json_extract(?1, '$.data.arch')"
	    " || ': ' || json_extract(?1, '$.data.state')", "s|s", l->body.s, &subject);
	if (got == 1 && buf_printf(&text, "To: %s\nSubject: aoinb: %s\nAuto-Submitted: auto-generated\n"
	    "Content-Type: application/json; charset=utf-8\n\n%s\n", l->to.s, subject.s,
	    l->body.s) == 0) {
		c.in = text.s;
		code = child_run(&c);
		if (code)
			warn_msg("mail to %s: %s", l->to.s, code < 0 ? "sendmail cannot be run" :
			    child_why(&c));
	}
	child_free(&c);
	buf_free(&text);
	buf_free(&subject);
	return code == 0 ? 0 : -1;
}

static void
send_one(struct letter *l)
{
	int sent = !strcmp(l->way.s, "mail") ? mail(l) : webhook(l);

	if (sent == 0 || l->tries + 1 >= TRIES) {
		if (sent < 0)
			warn_msg("%s %s: given up after %d times", l->way.s, l->to.s, TRIES);
		db_run("DELETE FROM notice WHERE id = ?", "i", l->id);
		return;
	}
	db_run("UPDATE notice SET tries = tries + 1, next = ? WHERE id = ?", "ii",
	    now_s() + (INT64_C(30) << l->tries), l->id);
}

void *
notice_run(void *unused)
{
	struct bell_seen seen = bell_seen(BELL_NOTICE);
	struct letter l = { 0 };

	(void)unused;
	while (!http_ending()) {
		if (db_get("SELECT id, tries, way, to_whom, body FROM notice WHERE next <= ? ORDER BY next"
		    " LIMIT 1", "i|iisss", now_s(), &l.id, &l.tries, &l.way, &l.to, &l.body) == 1)
			send_one(&l);
		else
			bell_wait(BELL_NOTICE, &seen, LATER_MS);
	}
	buf_free(&l.way);
	buf_free(&l.to);
	buf_free(&l.body);
	return NULL;
}
