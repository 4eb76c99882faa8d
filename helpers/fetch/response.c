#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "err.h"
#include "fetch/html.h"
#include "fetch/progress.h"
#include "fetch/response.h"
#include "plain.h"
#include "fetch/verdict.h"

#define AFTER_MAX 600		/* seconds a server may ask us to wait */
#define GAIN (1LL << 20)	/* bytes that make a failed try worth another */

/* Why we stopped a transfer ourselves. */
enum { STOP_NOT, STOP_ERRNO, STOP_SIZE, STOP_RANGE };

static void
mismatch(struct item *it, const char *hex)
{
	struct place *p = &it->places[it->at];
	const char *algo = it->entry.algo->name;
	const char *page = it->html || html_begins(it->part.fd) ?
	    " (the server sent an HTML page)" : "";

	part_drop(&it->part);
	if (!p->again) {
		note("%s: digest is %s::%s%s, fetching it again", p->url, algo,
		    hex, page);
		p->again = 1;
		verdict_retry(it, 0);
		return;
	}
	verdict_place(it, EX_DATAERR, 0, "digest is %s::%s, wanted %s::%s%s",
	    algo, hex, algo, it->src->hex, page);
}

/* The whole body is here: is it what we want? */
void
response_whole(struct item *it)
{
	struct part *p = &it->part;
	char hex[DIGEST_HEX];

	if (digest_hex(p->sum, hex) < 0) {
		verdict_failed_sys(it, p->path);
		return;
	}
	if (it->src->algo && strcmp(hex, it->src->hex)) {
		mismatch(it, hex);
		return;
	}
	memcpy(it->entry.hex, hex, sizeof(hex));
	if (*it->entry.meta)
		memcpy(p->meta.sha256, hex, sizeof(p->meta.sha256));
	if (part_land(p, &it->entry) < 0)
		verdict_failed_sys(it, it->entry.path);
	else
		verdict_done(it, it->resumed ? "resumed" : "fetched");
}

/* Whether an answer 206 is the range that we asked for. */
static int
range_right(const struct item *it, const struct net_head *h)
{
	const struct meta *m = &it->part.meta;

	if (it->part.size == 0 || h->start != it->part.size)
		return 0;
	if (m->total >= 0 && h->total >= 0 && m->total != h->total)
		return 0;
	if (h->total >= 0 && h->length >= 0 && h->length > h->total - h->start)
		return 0;
	return !*m->etag || !*h->etag || !m->url || !strcmp(m->etag, h->etag) ||
	    !plain_is(m->url, it->places[it->at].url);
}

/* Judges the head of an answer, and readies the part for its body.  Returns 0,
 * or -1 with it->stop set. */
static int
take_head(struct item *it, const struct net_head *h)
{
	struct part *p = &it->part;

	it->resumed = h->status == 206;
	if (it->resumed && !range_right(it, h)) {
		it->stop = STOP_RANGE;
		return -1;
	}
	it->stop = STOP_ERRNO;
	if (!it->resumed && p->size) {
		note("%s: from the beginning", it->places[it->at].url);
		if (part_restart(p) < 0)
			return -1;
	}
	if (h->length > 0 &&
	    (uint64_t)p->size + (uint64_t)h->length > it->opts->max_size) {
		it->stop = STOP_SIZE;
		return -1;
	}
	free(p->meta.url);
	p->meta.url = plain_urls_copy(it->places[it->at].url);
	if (!p->meta.url)
		return -1;
	meta_set(p->meta.etag, h->etag);
	meta_set(p->meta.modified, h->modified);
	p->meta.total = h->total >= 0 ? h->total :
	    h->length >= 0 ? p->size + h->length : -1;
	it->html = !strncasecmp(h->type, "text/html", 9);
	if (part_begin(p, h->length) < 0)
		return -1;
	progress_size(p->size, p->meta.total);
	it->stop = STOP_NOT;
	return 0;
}

int
response_begin(void *arg, const struct net_head *h)
{
	struct item *it = arg;
	int r = take_head(it, h);

	it->err = errno;
	return r;
}

int
response_body(void *arg, const char *s, size_t len)
{
	struct item *it = arg;

	if ((uint64_t)it->part.size + len > it->opts->max_size) {
		it->stop = STOP_SIZE;
		return -1;
	}
	if (part_add(&it->part, s, len) < 0) {
		it->stop = STOP_ERRNO;
		it->err = errno;
		return -1;
	}
	progress_add((long long)len);
	return 0;
}

/* The server and our part do not fit together: from zero, at once. */
static void
restart(struct item *it)
{
	note("%s: range refused or wrong, from the beginning",
	    it->places[it->at].url);
	if (it->part.size == 0)
		verdict_place(it, EX_UNAVAILABLE, 0,
		    "the server answers with a range that nobody asked for");
	else if (part_restart(&it->part) < 0)
		verdict_failed_sys(it, it->part.path);
	else
		verdict_retry(it, 0);
}

static void
stopped(struct item *it)
{
	switch (it->stop) {
	case STOP_RANGE:
		restart(it);
		break;
	case STOP_SIZE:
		part_drop(&it->part);
		verdict_place(it, EX_DATAERR, 0,
		    "larger than %llu bytes (--max-size)",
		    (unsigned long long)it->opts->max_size);
		break;
	default:
		errno = it->err;
		verdict_failed_sys(it, it->part.path);
	}
}

/* A failure that may pass, unless the server wants us to wait too long. */
static void
passing(struct item *it, const char *why, long after)
{
	if (it->part.size >= it->most + GAIN) {
		it->most = it->part.size;
		it->round = 0;
	}
	if (after > it->after)
		it->after = after;
	if (after > AFTER_MAX)
		verdict_place(it, EX_UNAVAILABLE, 0, "%s, and wants us to wait "
		    "%ld seconds", why, after);
	else
		verdict_place(it, EX_UNAVAILABLE, 1, "%s", why);
}

void
response_end(void *arg, int how, const char *why, long after)
{
	struct item *it = arg;
	struct part *p = &it->part;
	char text[128];

	switch (how) {
	case NET_OK:
		if (p->meta.total >= 0 && p->size < p->meta.total) {
			snprintf(text, sizeof(text),
			    "the body ended after %lld of %lld bytes", p->size,
			    p->meta.total);
			passing(it, text, 0);
		} else if (p->meta.total >= 0 && p->size > p->meta.total) {
			restart(it);
		} else {
			it->state = ITEM_WHOLE;
		}
		break;
	case NET_SAME:
		if (it->cached) {
			part_drop(p);
			verdict_done(it, "revalidated");
		} else {
			verdict_place(it, EX_UNAVAILABLE, 0, "%s", why);
		}
		break;
	case NET_STOPPED:
		stopped(it);
		break;
	case NET_RANGE:
		restart(it);
		break;
	case NET_MISSING:
		verdict_place(it, EX_NOINPUT, 0, "%s", why);
		break;
	case NET_PASSING:
		passing(it, why, after);
		break;
	case NET_REFUSED:
		verdict_place(it, EX_UNAVAILABLE, 0, "%s", why);
		break;
	case NET_BARRED:
		verdict_place(it, EX_NOPERM, 0, "%s", why);
		break;
	}
}
