#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/random.h>
#include <time.h>
#include <unistd.h>

#include "err.h"
#include "fetch/item.h"
#include "fetch/net.h"
#include "fetch/progress.h"
#include "fetch/record.h"

#define LOCK_POLL 100		/* milliseconds */
#define BACKOFF 500		/* milliseconds before the second round */
#define BACKOFF_MAX 30000
#define AFTER_MAX 600		/* seconds a server may ask us to wait */
#define GAIN (1LL << 20)	/* bytes that make a failed try worth another */

/* Why we stopped a transfer ourselves. */
enum { STOP_NOT, STOP_ERRNO, STOP_SIZE, STOP_RANGE };

uint64_t
item_clock(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000 + (uint64_t)t.tv_nsec / 1000000;
}

static int
place_add(struct item *it, char *url, int listed)
{
	struct place *v;

	if (!url)
		return errno == ENOENT ? 0 : -1;
	v = reallocarray(it->places, it->nplaces + 1, sizeof(*v));
	if (!v) {
		free(url);
		return -1;
	}
	it->places = v;
	v[it->nplaces++] = (struct place){ .url = url, .listed = listed };
	return 0;
}

/* A mirror's file counts only with a digest to check it by. */
static int
places_add(struct item *it, const char **templates)
{
	for (; it->src->algo && templates && *templates; templates++)
		if (place_add(it, source_expand(*templates, it->src), 0) < 0)
			return -1;
	return 0;
}

int
item_init(struct item *it, const struct source *src,
    const struct fetch_opts *opts)
{
	*it = (struct item){ .src = src, .opts = opts, .lock = -1 };
	it->part.fd = -1;
	meta_init(&it->part.meta);
	meta_init(&it->known);
	if (cache_entry(&it->entry, src) < 0 ||
	    places_add(it, opts->mirrors) < 0 ||
	    place_add(it, strdup(src->url), 1) < 0 ||
	    places_add(it, opts->fallbacks) < 0)
		return -1;
	return 0;
}

void
item_free(struct item *it)
{
	size_t i;

	for (i = 0; i < it->nplaces; i++)
		free(it->places[i].url);
	free(it->places);
	free(it->why);
	meta_free(&it->known);
}

/* Gives back what a try holds; what it has of the file stays for another. */
static void
release(struct item *it)
{
	if (it->part.fd >= 0 && it->part.size == 0)
		part_drop(&it->part);
	part_close(&it->part);
	if (it->lock >= 0)
		cache_unlock(it->entry.key, it->lock);
	it->lock = -1;
}

static void
finish(struct item *it, const char *how)
{
	release(it);
	it->state = ITEM_DONE;
	record_put(how, it->src, &it->entry);
}

static void
fail(struct item *it, int code, const char *why)
{
	progress_clear();
	warn_msg("%s: %s", it->src->url, why);
	it->code = code;
	it->entry.size = -1;
	finish(it, "failed");
}

/* Something on this machine failed with errno; no other place would help. */
static void
fail_sys(struct item *it, const char *what)
{
	int code = errno == ENOSPC || errno == EDQUOT || errno == EIO ||
	    errno == EFBIG ? EX_IOERR : errno == EACCES || errno == EPERM ||
	    errno == EROFS || errno == ENOENT || errno == EISDIR ||
	    errno == ENOTDIR || errno == ELOOP ? EX_CANTCREAT :
	    errno == ENOTSUP ? EX_UNAVAILABLE : EX_OSERR;
	char why[512];

	snprintf(why, sizeof(why), "%s: %s", what, errno == ENOTSUP ?
	    "OpenSSL has no such digest here" : strerror(errno));
	fail(it, code, why);
}

static uint64_t
backoff(const struct item *it)
{
	uint64_t ms = BACKOFF_MAX, r = 0;

	if (it->round < 6)
		ms = (uint64_t)BACKOFF << it->round;
	/* Half of it is chance, so that many clients do not come back at once. */
	if (getrandom(&r, sizeof(r), GRND_NONBLOCK) < 0)
		r = item_clock();
	ms = ms / 2 + r % (ms / 2 + 1);
	return ms > (uint64_t)it->after * 1000 ? ms : (uint64_t)it->after * 1000;
}

static void
again(struct item *it, uint64_t ms)
{
	release(it);
	it->state = ITEM_WAITING;
	it->when = item_clock() + ms;
}

/* Every place failed for good, or often enough. */
static void
give_up(struct item *it)
{
	if (it->cached && it->passing) {
		progress_clear();
		warn_msg("%s: %s; using the copy in the cache", it->src->url,
		    it->why);
		finish(it, "cached");
		return;
	}
	fail(it, it->fault, it->why);
}

/* The next living place, in this round or in another one. */
static void
next_place(struct item *it)
{
	size_t i;

	for (i = it->at + 1; i < it->nplaces; i++)
		if (!it->places[i].dead) {
			it->at = i;
			again(it, 0);
			return;
		}
	for (i = 0; i < it->nplaces && it->places[i].dead; i++)
		;
	if (i == it->nplaces || it->round >= it->opts->retries) {
		give_up(it);
		return;
	}
	it->at = i;
	again(it, backoff(it));
	it->round++;
	it->after = 0;
}

/* Notes that the place asked last failed, and why.  Only what the listed URL
 * failed with is worth an error; mirrors may lack things. */
static void
place_failed(struct item *it, int code, int passing, const char *fmt, ...)
{
	struct place *p = &it->places[it->at];
	va_list ap;
	char *why;
	int n;

	va_start(ap, fmt);
	n = vasprintf(&why, fmt, ap);
	va_end(ap);
	if (n < 0) {
		fail_sys(it, "message");
		return;
	}
	p->dead = !passing;
	if (p->listed) {
		free(it->why);
		it->why = why;
		it->fault = code;
		it->passing = passing;
		if (passing)
			note("%s: %s", p->url, why);
	} else {
		progress_clear();
		if (code == EX_DATAERR)
			warn_msg("%s: %s", p->url, why);
		else
			note("%s: %s", p->url, why);
		free(why);
	}
	next_place(it);
}

/* Does it begin like a page?  Portals and error pages come as 200 OK. */
static int
looks_html(const struct item *it)
{
	char head[512];
	ssize_t n = pread(it->part.fd, head, sizeof(head) - 1, 0);
	char *s = head;

	if (it->html || n <= 0)
		return it->html;
	head[n] = '\0';
	s += strspn(s, " \t\r\n\xef\xbb\xbf");
	return !strncasecmp(s, "<!doctype html", 14) ||
	    !strncasecmp(s, "<html", 5);
}

static void
mismatch(struct item *it, const char *hex)
{
	struct place *p = &it->places[it->at];
	const char *algo = it->entry.algo->name;
	const char *page = looks_html(it) ?
	    " (the server sent an HTML page)" : "";

	part_drop(&it->part);
	if (!p->again) {
		note("%s: digest is %s::%s%s, fetching it again", p->url, algo,
		    hex, page);
		p->again = 1;
		again(it, 0);
		return;
	}
	place_failed(it, EX_DATAERR, 0, "digest is %s::%s, wanted %s::%s%s",
	    algo, hex, algo, it->src->hex, page);
}

/* The whole body is here: is it what we want? */
static void
whole(struct item *it)
{
	struct part *p = &it->part;
	char hex[DIGEST_HEX];

	if (digest_hex(p->sum, hex) < 0) {
		fail_sys(it, p->path);
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
		fail_sys(it, it->entry.path);
	else
		finish(it, it->resumed ? "resumed" : "fetched");
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
	if (h->total >= 0 && h->length >= 0 && h->start + h->length > h->total)
		return 0;
	return !*m->etag || !*h->etag || !m->url || !strcmp(m->etag, h->etag) ||
	    strcmp(m->url, it->places[it->at].url);
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
	p->meta.url = strdup(it->places[it->at].url);
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

static int
on_begin(void *arg, const struct net_head *h)
{
	struct item *it = arg;
	int r = take_head(it, h);

	it->err = errno;
	return r;
}

static int
on_body(void *arg, const char *s, size_t len)
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
		place_failed(it, EX_UNAVAILABLE, 0,
		    "the server answers with a range that nobody asked for");
	else if (part_restart(&it->part) < 0)
		fail_sys(it, it->part.path);
	else
		again(it, 0);
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
		place_failed(it, EX_DATAERR, 0,
		    "larger than %llu bytes (--max-size)",
		    (unsigned long long)it->opts->max_size);
		break;
	default:
		errno = it->err;
		fail_sys(it, it->part.path);
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
		place_failed(it, EX_UNAVAILABLE, 0, "%s, and wants us to wait "
		    "%ld seconds", why, after);
	else
		place_failed(it, EX_UNAVAILABLE, 1, "%s", why);
}

static void
on_end(void *arg, int how, const char *why, long after)
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
			whole(it);
		}
		break;
	case NET_SAME:
		if (it->cached) {
			part_drop(p);
			finish(it, "revalidated");
		} else {
			place_failed(it, EX_UNAVAILABLE, 0, "%s", why);
		}
		break;
	case NET_STOPPED:
		stopped(it);
		break;
	case NET_RANGE:
		restart(it);
		break;
	case NET_MISSING:
		place_failed(it, EX_NOINPUT, 0, "%s", why);
		break;
	case NET_PASSING:
		passing(it, why, after);
		break;
	case NET_REFUSED:
		place_failed(it, EX_UNAVAILABLE, 0, "%s", why);
		break;
	}
}

/* Whether what the part holds may be gone on with from this place.  A digest
 * finds out a wrong guess; without one only a strong ETag is good enough, and a
 * part that no power failure can have torn. */
static int
may_resume(const struct item *it, const struct place *p)
{
	const struct meta *m = &it->part.meta;

	if (p->again || !strncasecmp(p->url, "file:", 5))
		return 0;
	if (it->src->algo)
		return 1;
	return m->url && !strcmp(m->url, p->url) && *m->etag == '"' &&
	    *m->boot && !strcmp(m->boot, cache_boot());
}

static void
transfer(struct item *it)
{
	struct place *p = &it->places[it->at];
	struct part *part = &it->part;
	struct net_ask ask = {
		.url = p->url, .fresh = p->again, .arg = it,
		.begin = on_begin, .body = on_body, .end = on_end,
	};

	if (part->size && !may_resume(it, p) && part_restart(part) < 0) {
		fail_sys(it, part->path);
		return;
	}
	ask.from = part->size;
	if (part->size && part->meta.url && !strcmp(part->meta.url, p->url))
		ask.if_range = *part->meta.etag == '"' ? part->meta.etag :
		    *part->meta.modified ? part->meta.modified : NULL;
	if (it->cached && *it->known.etag)
		ask.if_none = it->known.etag;
	if (it->cached && *it->known.modified)
		ask.if_since = it->known.modified;
	note("%s: fetching, from byte %lld", p->url, ask.from);
	it->stop = STOP_NOT;
	it->state = ITEM_BUSY;
	if (net_start(&ask) < 0)
		fail_sys(it, "start a transfer");
}

/* A part may be complete already, when we were killed before the rename. */
static int
part_whole(struct item *it)
{
	char hex[DIGEST_HEX];

	return it->src->algo && it->part.size &&
	    digest_hex(it->part.sum, hex) == 0 && !strcmp(hex, it->src->hex);
}

void
item_start(struct item *it)
{
	int r;

	it->lock = cache_lock(it->entry.key);
	if (it->lock < 0 && errno == EWOULDBLOCK) {
		if (!it->locked_out)
			note("%s: somebody else is fetching it", it->src->url);
		it->locked_out = 1;
		it->when = item_clock() + LOCK_POLL;
		return;
	}
	it->locked_out = 0;
	if (it->lock < 0) {
		fail_sys(it, "lock");
		return;
	}
	r = cache_find(&it->entry, &it->known);
	if (r < 0 && errno == EBADMSG)
		r = cache_remove(&it->entry);
	if (r < 0) {
		fail_sys(it, it->entry.path);
		return;
	}
	it->cached = r;
	if (r && it->src->algo)
		finish(it, "cached");
	else if (part_open(&it->part, &it->entry) < 0)
		fail_sys(it, it->part.path);
	else if (part_whole(it)) {
		it->resumed = 1;
		whole(it);
	} else
		transfer(it);
}

void
item_look(struct item *it)
{
	int r = cache_find(&it->entry, &it->known);

	if (r < 0 && errno == EBADMSG) {
		progress_clear();
		warn_msg("%s: the file in the cache is damaged%s", it->src->url,
		    it->opts->offline ? "" : ", fetching it again");
		r = 0;
	}
	if (r < 0)
		fail_sys(it, it->entry.path);
	else if (r && (it->src->algo || it->opts->offline))
		finish(it, "cached");
	else if (it->opts->offline)
		fail(it, EX_UNAVAILABLE, "not in the cache, and we are offline");
}

void
item_dry(struct item *it, int have_cache)
{
	int r = have_cache ? cache_find(&it->entry, &it->known) : 0;

	record_put(r == 1 ? "cached" : "missing", it->src, &it->entry);
	it->state = ITEM_DONE;
}
