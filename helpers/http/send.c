#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base64.h"
#include "http/send.h"
#include "http/wait.h"

enum {
	FIRST = 4 << 20, LEAST = 256 << 10, MOST = 1 << 30,	/* bytes of a piece */
	LONG = 20,		/* seconds that a piece may take, as seen from the last */
	ANEW = 3,		/* how often a digest may be wrong */
	TURNS = 3,		/* answers in a row that bring nothing forward */
};

enum sent
sent_how(const struct http_answer *a)
{
	if (a->status / 100 == 2)
		return SENT;
	if (http_passes(a))
		return SENT_LATER;
	return a->status == 410 || a->status == 404 ? SENT_LOST : SENT_REFUSED;
}

/* The server is asked what it has. */
static enum sent
ask_offset(struct send *s, struct http_answer *a)
{
	struct http_ask ask = { .method = "HEAD", .url = s->url, .bearer = s->bearer, .fd = -1 };

	http_do(&ask, a);
	if (a->status / 100 == 2) {
		s->at = a->offset < 0 ? 0 : a->offset;
		s->done = a->complete;
	}
	return sent_how(a);
}

static int
digest_line(const char *hex, char *line, size_t size)
{
	struct buf b = { 0 };
	unsigned char bytes[32];
	unsigned i, c;

	for (i = 0; i < sizeof(bytes); i++) {
		if (sscanf(hex + 2 * i, "%2x", &c) != 1)
			return -1;
		bytes[i] = (unsigned char)c;
	}
	if (base64_put(&b, bytes, sizeof(bytes)) < 0)
		return -1;
	snprintf(line, size, "Repr-Digest: sha-256=:%s:", b.s);
	buf_free(&b);
	return 0;
}

/* So large that a word from the server comes often enough, and no larger than it has
 * to be. */
static void
learn(struct send *s, int64_t bytes, int64_t ms)
{
	int64_t could = bytes / (ms > 0 ? ms : 1) * 1000 * LONG;

	if (could > 4 * s->piece)
		could = 4 * s->piece;
	s->piece = could < LEAST ? LEAST : could > MOST ? MOST : could;
}

/* What the server says of how much it has, after we sent it from s->at to end.  One that
 * takes us round and round is left alone for a while. */
static enum sent
take_answer(struct send *s, const struct http_answer *a, int64_t end)
{
	int64_t was = s->at;

	if (a->status / 100 == 2) {
		s->at = a->offset >= 0 ? a->offset : end;
		s->done = a->complete || (s->size >= 0 && s->at >= s->size);
		s->turns = s->at > was || s->done ? 0 : s->turns + 1;
	} else if (a->status == 416 && a->offset >= 0) {
		s->at = a->offset;
		s->done = a->complete;
		s->turns++;
	} else if (a->status == 422 && http_is(a, "digest") && s->again++ < ANEW) {
		s->at = 0;
	} else {
		s->at = -1;	/* a part of it may have come */
		return sent_how(a);
	}
	return s->turns > TURNS ? SENT_LATER : SENT;
}

enum sent
send_piece(struct send *s, struct http_answer *a)
{
	char range[100], digest[100];
	struct http_ask ask = { .method = "PUT", .url = s->url, .bearer = s->bearer,
	    .type = "application/octet-stream", .fd = s->fd };
	struct stat st;
	int64_t end, began, have;
	size_t heads = 0;
	int anew;

	*a = (struct http_answer){ .offset = -1 };
	if (s->at < 0)
		return ask_offset(s, a);
	have = s->size >= 0 ? s->size : fstat(s->fd, &st) < 0 ? 0 : st.st_size;
	if (!s->piece)
		s->piece = FIRST;
	anew = s->at > have && have;	/* these are not our bytes */
	if (anew)
		s->at = 0;
	/* All bytes are there.  A server that was ended before it could say so is asked for
	 * that, by a piece without any. */
	if (s->at >= have && (s->size < 0 || !have)) {
		s->done = s->size >= 0;
		return SENT;
	}
	end = have - s->at > s->piece && !anew ? s->at + s->piece : have;
	ask.from = s->at;
	ask.size = end - s->at;
	/* Without a range it is the whole, in place of what may be there. */
	if (!ask.size) {
		snprintf(range, sizeof(range), "Content-Range: bytes */%" PRId64, s->size);
		ask.heads[heads++] = range;
	} else if (!anew && (s->at || end < have || s->size < 0)) {
		if (s->size >= 0)
			snprintf(range, sizeof(range), "Content-Range: bytes %" PRId64 "-%" PRId64
			    "/%" PRId64, s->at, end - 1, s->size);
		else
			snprintf(range, sizeof(range), "Content-Range: bytes %" PRId64 "-%" PRId64
			    "/*", s->at, end - 1);
		ask.heads[heads++] = range;
	}
	if (s->sha256 && end == s->size && digest_line(s->sha256, digest, sizeof(digest)) == 0)
		ask.heads[heads++] = digest;
	began = wait_now();
	http_do(&ask, a);
	if (a->status / 100 == 2)
		learn(s, ask.size, wait_now() - began);
	return take_answer(s, a, end);
}

enum sent
send_all(struct send *s, int (*go)(void *arg, const struct http_answer *a), void *arg,
    struct http_answer *a)
{
	struct backoff b = { 0 };
	enum sent how;

	for (;;) {
		how = send_piece(s, a);
		if ((go && go(arg, a)) || wait_stopped())
			return how == SENT_LOST ? how : SENT_LATER;
		if (s->done || how == SENT_LOST || how == SENT_REFUSED)
			return s->done ? SENT : how;
		if (how == SENT)
			b.tries = 0;
		else
			wait_ms(backoff_ms(&b, a->after));
		http_free(a);
	}
}
