#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "file.h"
#include "serve/answer.h"
#include "serve/bell.h"
#include "serve/conf.h"
#include "serve/db.h"
#include "serve/http.h"
#include "serve/log.h"
#include "serve/metrics.h"
#include "serve/task.h"

enum { PIECE = 16 << 10, QUIET = 15000000, PATIENCE = 1000 };

/* Somebody who reads a log while it grows. */
struct follower {
	struct stream s;
	int64_t task, n;
	char path[80];
	int fd, events, socket;
	int64_t at;		/* the next byte */
	int64_t sent_us;
	int ended, finished;
	struct bell_seen seen;
	struct buf out;		/* an event that did not fit */
	size_t out_at;
};

static void
follower_free(struct stream *s)
{
	struct follower *f = (struct follower *)s;

	bell_readers(f->task, -1);
	metrics_followers(-1);
	close_keep(f->fd);
	buf_free(&f->out);
	free(f);
}

/* Whether nothing more will come of this attempt: it is over, or never begins. */
static int
is_over(const struct follower *f)
{
	struct buf state = { 0 };
	int64_t ended = 0, attempts = 0;
	int got, over;

	got = db_get("SELECT t.state, t.attempts, coalesce(a.ended, 0) FROM task t LEFT JOIN attempt"
	    " a ON a.task = t.id AND a.n = ?2 WHERE t.id = ?1", "ii|sii", f->task, f->n, &state,
	    &attempts, &ended);
	over = got != 1 || ended || (attempts < f->n && (!strcmp(state.s, "cancelled") ||
	    !strcmp(state.s, "ok") || !strcmp(state.s, "failed") || !strcmp(state.s, "error")));
	buf_free(&state);
	return over;
}

static ssize_t
more(struct follower *f, char *at, size_t max)
{
	if (f->fd < 0)
		f->fd = openat(conf.at, f->path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
	return f->fd < 0 ? errno == ENOENT ? 0 : -1 : pread(f->fd, at, max, f->at);
}

/* Waits until there is something to read.  Returns how many bytes were, 0 at the end of
 * all, -1 when the reader has gone, -2 when nothing came for a while. */
static ssize_t
wait_more(struct follower *f, char *at, size_t max)
{
	uint64_t changes;
	ssize_t n;

	for (;;) {
		n = more(f, at, max);
		if (n)
			return n < 0 ? -1 : n;
		if (f->ended || http_ending())
			return http_ending() && !f->ended ? -1 : 0;
		if (f->events && now_us() - f->sent_us > QUIET)
			return -2;
		/* What has ended is read once more, for what came before that. */
		changes = f->seen.n[BELL_STATE];
		if (!bell_wait(f->task, &f->seen, PATIENCE) && socket_gone(f->socket))
			return -1;
		if (f->seen.n[BELL_STATE] != changes)
			f->ended = is_over(f);
	}
}

static ssize_t
read_plain(struct stream *s, char *at, size_t max)
{
	struct follower *f = (struct follower *)s;
	ssize_t n = wait_more(f, at, max);

	if (n <= 0)
		return n < 0 ? -1 : 0;
	f->at += n;
	f->sent_us = now_us();
	return n;
}

/* How many bytes at s, of n, end with a whole character, as far as there are any. */
static size_t
whole(const char *s, size_t n)
{
	size_t back, want;
	unsigned char c;

	for (back = 1; back <= 3 && back <= n; back++) {
		c = (unsigned char)s[n - back];
		if ((c & 0xc0) == 0x80)
			continue;
		want = c >= 0xf0 ? 4 : c >= 0xe0 ? 3 : c >= 0xc0 ? 2 : 1;
		return want > back ? n - back : n;
	}
	return n;
}

/* Bytes as a JSON string: buf_json ends at a NUL. */
static int
put_json(struct buf *b, char *s, size_t n)
{
	size_t from = b->len, part;
	int r = 0;

	if (buf_putc(b, '"') < 0)
		return -1;
	while (n && r == 0) {
		part = strnlen(s, n);
		from = b->len;
		s[part] = '\0';		/* there is room for one behind n */
		r = buf_json(b, s);
		if (r == 0) {		/* without its quotes */
			memmove(b->s + from, b->s + from + 1, b->len - from - 2);
			b->len -= 2;
		}
		s += part;
		n -= part;
		if (n && r == 0) {
			r = buf_puts(b, "\\u0000");
			s++;
			n--;
		}
	}
	return r < 0 ? -1 : buf_putc(b, '"');
}

static int
end_event(struct follower *f)
{
	struct buf json = { 0 };
	int r;

	f->finished = 1;
	r = db_get("SELECT json_object('state', state, 'verdict', verdict, 'exit', exit, 'attempt',"
	    " ?2, 'attempts', attempts) FROM task WHERE id = ?1", "ii|s", f->task, f->n, &json);
	if (r == 1)
		r = buf_printf(&f->out, "id: %" PRId64 "\nevent: end\ndata: %s\n\n", f->at, json.s);
	buf_free(&json);
	return r < 0 ? -1 : 0;
}

static int
next_event(struct follower *f)
{
	char piece[PIECE + 1];
	ssize_t n = wait_more(f, piece, PIECE);
	size_t len;

	f->sent_us = now_us();
	if (n == -2)
		return buf_puts(&f->out, ":\n\n");
	if (n < 0)
		return -1;
	if (n == 0)
		return end_event(f);
	len = f->ended ? (size_t)n : whole(piece, (size_t)n);
	if (!len) {	/* the rest of the character will come, or the end */
		bell_wait(f->task, &f->seen, PATIENCE);
		f->ended = is_over(f);
		return socket_gone(f->socket) || http_ending() ? -1 : 0;
	}
	f->at += (int64_t)len;
	return buf_printf(&f->out, "id: %" PRId64 "\nevent: log\ndata: ", f->at) < 0 ||
	    put_json(&f->out, piece, len) < 0 || buf_puts(&f->out, "\n\n") < 0 ? -1 : 0;
}

static ssize_t
read_events(struct stream *s, char *at, size_t max)
{
	struct follower *f = (struct follower *)s;
	size_t n;

	while (f->out_at == f->out.len) {
		f->out_at = f->out.len = 0;
		if (f->finished)
			return 0;
		if (next_event(f) < 0)
			return -1;
	}
	n = f->out.len - f->out_at < max ? f->out.len - f->out_at : max;
	memcpy(at, f->out.s + f->out_at, n);
	f->out_at += n;
	return (ssize_t)n;
}

static void
follow(struct req *r, int64_t n, int64_t offset, int events)
{
	struct follower *f = calloc(1, sizeof(*f));

	if (!f) {
		req_failed(r, "log");
		return;
	}
	f->s = (struct stream){ events ? read_events : read_plain, follower_free };
	f->task = r->task;
	f->n = n;
	f->at = offset;
	f->fd = -1;
	f->events = events;
	f->socket = http_socket(r);
	f->sent_us = now_us();
	snprintf(f->path, sizeof(f->path), "task/%" PRId64 "/%" PRId64 "/log", r->task, n);
	f->seen = bell_seen(r->task);
	f->ended = is_over(f);
	bell_readers(r->task, 1);
	metrics_followers(1);
	http_timeout(r, 0);
	r->stream = &f->s;
	r->type = events ? "text/event-stream" : "text/plain; charset=utf-8";
	req_head(r, "Cache-Control", "no-cache");
	req_head(r, "X-Accel-Buffering", "no");
	req_answer(r, 200);
}

void
log_get(struct req *r)
{
	const struct answer_as as = { .type = "text/plain; charset=utf-8" };
	const char *accept = http_header(r, "Accept"), *last = http_header(r, "Last-Event-ID");
	int events = accept && strstr(accept, "text/event-stream");
	int64_t n = answer_attempt(r), follows = req_query(r, "follow", 0, 1, events);
	int64_t offset = req_query(r, "offset", 0, INT64_MAX, 0);
	char path[80], *end;

	if (n < 0 || r->status)
		return;
	if (!n && !follows) {
		req_problem(r, 404, "attempt", "task %" PRId64 " has not begun; add follow=1 to wait",
		    r->task);
		return;
	}
	n = n ? n : 1;
	req_head(r, "Aoinb-Attempt", "%" PRId64, n);
	if (follows) {
		if (last && *last >= '0' && *last <= '9')
			offset = strtoll(last, &end, 10);
		follow(r, n, offset, events);
		return;
	}
	snprintf(path, sizeof(path), "task/%" PRId64 "/%" PRId64 "/log", r->task, n);
	if (answer_file(r, path, &as) < 0)
		req_problem(r, 404, "log", "attempt %" PRId64 " of task %" PRId64 " has no log yet, or "
		    "none any more", n, r->task);
}
