#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "client/watch.h"
#include "err.h"
#include "file.h"
#include "http/list.h"
#include "http/wait.h"
#include "json.h"
#include "plain.h"

enum { INTERRUPTED = 130 };

struct wanted {
	int64_t n;
	struct look *l;
};

static int
take_attempt(void *arg, const char *s, size_t len)
{
	struct wanted *w = arg;
	struct buf o = { 0 }, ended = { 0 };
	int64_t n = 0;
	int r = buf_put(&o, s, len) < 0 || member_number(&o, "n", &n) < 0 ? -1 : 0;

	if (r == 0 && n == w->n) {
		r = member_number(&o, "log_size", &w->l->size) < 0 ||
		    member_text(&o, "ended", &ended) < 0 ? -1 : 0;
		w->l->over = ended.len != 0;
	}
	buf_free(&o);
	buf_free(&ended);
	return r;
}

static int
take(const struct buf *body, int64_t n, struct look *l)
{
	struct buf state = { 0 }, why = { 0 }, attempts = { 0 };
	struct wanted w = { n, l };
	int bad;

	l->attempt = l->version = l->exit = l->size = l->over = 0;
	l->text.len = 0;
	bad = member_text(body, "state", &state) < 0 || !state.len || state.len >= sizeof(l->state) ||
	    member_text(body, "why", &why) < 0 || member_text(body, "attempts", &attempts) < 0 ||
	    member_text(body, "step", &l->step) < 0 || member_text(body, "worker", &l->worker) < 0 ||
	    member_text(body, "repo", &l->repo) < 0 || member_text(body, "verdict", &l->verdict) < 0 ||
	    member_number(body, "attempt", &l->attempt) < 0 ||
	    member_number(body, "version", &l->version) < 0 ||
	    member_number(body, "exit", &l->exit) < 0 ||
	    list_each(attempts.s, take_attempt, &w) < 0 ||
	    buf_printf(&l->text, "%s%s%s", state.s, why.len ? ": " : "", why.s) < 0;
	if (!bad)
		strcpy(l->state, state.s);
	buf_free(&state);
	buf_free(&why);
	buf_free(&attempts);
	return bad ? -1 : 0;
}

int
look(struct client *c, int64_t task, int64_t n, struct look *l)
{
	struct http_answer a;
	char path[100];
	int r;

	snprintf(path, sizeof(path), "/task/%" PRId64, task);
	if (ask(c, "GET", path, NULL, &a) < 0)
		return -1;
	r = take(&a.body, n, l);
	http_free(&a);
	return r < 0 ? ask_odd(c) : 0;
}

void
look_free(struct look *l)
{
	buf_free(&l->text);
	buf_free(&l->step);
	buf_free(&l->worker);
	buf_free(&l->repo);
	buf_free(&l->verdict);
}

int
look_code(const struct look *l)
{
	if (!strcmp(l->state, "ok"))
		return 0;
	if (!strcmp(l->state, "failed") || !strcmp(l->state, "error"))
		return l->exit > 0 && l->exit < 256 ? (int)l->exit : EX_NO;
	return !strcmp(l->state, "cancelled") ? INTERRUPTED : -1;
}

int
look_goes_on(const struct look *l)
{
	return !strcmp(l->state, "queued") || !strcmp(l->state, "running");
}

/* --- waiting for the end */

struct waiting {
	struct client *c;
	int64_t task;
	struct buf told;	/* what was said of it last */
};

/* Says what is new, and waits for more.  Returns 0; 1 when it has ended, and its code; or
 * -1 when we are to end. */
static int
change(struct waiting *w, const struct look *l, int *code)
{
	char path[200];

	*code = look_code(l);
	if (*code && (!w->told.s || strcmp(w->told.s, l->text.s)))
		warn_msg("task %" PRId64 ": %s", w->task, l->text.s);
	w->told.len = 0;
	if (buf_puts(&w->told, l->text.s) < 0)
		die_sys(EX_OSERR, "memory");
	if (*code >= 0)
		return 1;
	snprintf(path, sizeof(path), "/task/%" PRId64 "/status?wait=50&version=%" PRId64, w->task,
	    l->version);
	return ask_only(w->c, "GET", path, NULL);
}

int
watch_wait(struct client *c, int64_t task)
{
	struct waiting w = { .c = c, .task = task };
	struct look l = { 0 };
	int got, code = 0;

	do
		got = look(c, task, 0, &l) < 0 ? -1 : change(&w, &l, &code);
	while (got == 0);
	look_free(&l);
	buf_free(&w.told);
	return got < 0 ? c->code : code;
}

/* --- the log */

static int
on_piece(void *arg, long status, const char *s, size_t len)
{
	struct tail *t = arg;

	(void)status;
	if (t->put(t->arg, s, len) < 0) {
		t->failed = 1;
		return -1;
	}
	t->at += (int64_t)len;
	return 0;
}

int
tail_piece(struct tail *t, const struct look *l)
{
	char path[200], url[4096];
	struct http_ask q = { .method = "GET", .url = url, .fd = -1, .sink = on_piece, .arg = t,
	    .bearer = t->c->token.len ? t->c->token.s : NULL };
	struct http_answer a;
	int64_t was = t->at;

	snprintf(path, sizeof(path), "/task/%" PRId64 "/log?attempt=%" PRId64 "&follow=1&offset=%" PRId64,
	    t->task, t->n, t->at);
	ask_url(t->c, url, path);
	http_do(&q, &a);
	if (t->failed || wait_stopped()) {
		http_free(&a);
		return -1;
	}
	if (a.status == 404 && l->over)
		t->at = l->size;	/* it is kept no longer */
	else if (a.status != 200)
		note("task %" PRId64 ": the log broke off; going on at byte %" PRId64, t->task, t->at);
	http_free(&a);
	if (t->at == was)
		wait_ms(1000);
	return 0;
}

struct screen {
	struct plain plain;
	struct buf out;
	int filter;
};

static int
show(void *arg, const char *s, size_t len)
{
	struct screen *to = arg;

	if (!to->filter)
		return file_write(STDOUT_FILENO, s, len);
	to->out.len = 0;
	return plain_put(&to->plain, s, len, &to->out) < 0 ? -1 :
	    file_write(STDOUT_FILENO, to->out.len ? to->out.s : "", to->out.len);
}

/* What it had of the other one is not shown again. */
static void
turn(struct tail *t, int64_t n, int64_t at)
{
	t->n = n;
	t->at = at;
}

/* Until the task has ended; or the attempt, when only is its number.  Returns the code. */
static int
follow(struct tail *t, int64_t only)
{
	struct waiting w = { .c = t->c, .task = t->task };
	struct look l = { 0 };
	int64_t before = 0;
	int code = 0, got = look(t->c, t->task, only, &l);

	turn(t, only ? only : l.attempt ? l.attempt : 1, 0);
	while (got == 0 && look(t->c, t->task, t->n, &l) == 0) {
		if (t->n <= l.attempt && (!l.over || t->at < l.size)) {
			got = tail_piece(t, &l);
		} else if (only) {
			if (t->n <= l.attempt)
				break;
			warn_msg("task %" PRId64 ": no attempt %" PRId64, t->task, only);
			code = EX_NOINPUT;
			break;
		} else if (t->n > l.attempt && !strcmp(l.state, "running")) {
			turn(t, l.attempt, before);	/* who was lost is back */
		} else if (t->n <= l.attempt && look_goes_on(&l)) {
			warn_msg("task %" PRId64 ": attempt %" PRId64 " is over, and another follows",
			    t->task, t->n);
			before = t->at;
			turn(t, t->n + 1, 0);
		} else {
			got = change(&w, &l, &code);
		}
	}
	look_free(&l);
	buf_free(&w.told);
	return t->failed ? EX_IOERR : wait_stopped() ? 128 + wait_stopped() : t->c->code ? t->c->code : code;
}

int
watch(struct client *c, char **word)
{
	struct screen to = { .plain.bare = plain_bare(), .filter = !c->raw && isatty(STDOUT_FILENO) };
	struct tail t = { .c = c, .put = show, .arg = &to };
	char *dot = strchr(*word, '.');
	int64_t only = dot ? strtoll(dot + 1, NULL, 10) : 0;
	int code;

	c->tries = 0;
	t.task = strtoll(*word, NULL, 10);
	wait_signals();
	code = follow(&t, only);
	if (to.filter) {
		to.out.len = 0;
		if (plain_end(&to.plain, &to.out) < 0 || (to.out.len &&
		    file_write(STDOUT_FILENO, to.out.s, to.out.len) < 0))
			t.failed = 1;
	}
	if (t.failed && code == EX_IOERR)
		warn_msg("standard output: it cannot be written to");
	if (wait_stopped())
		warn_msg("task %" PRId64 " goes on; \"aoinb watch %" PRId64 "\" shows it again, \"aoinb task "
		    "cancel %" PRId64 "\" ends it", t.task, t.task, t.task);
	buf_free(&to.out);
	return code;
}
