#include <errno.h>
#include <string.h>
#include <strings.h>

#include "err.h"
#include "fetch/attempt.h"
#include "fetch/clock.h"
#include "fetch/net.h"
#include "fetch/progress.h"
#include "fetch/record.h"
#include "fetch/response.h"
#include "fetch/stale.h"
#include "fetch/url.h"
#include "plain.h"
#include "fetch/verdict.h"

#define LOCK_POLL 100		/* milliseconds */

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
	return m->url && plain_is(m->url, p->url) && *m->etag == '"' &&
	    *m->boot && !strcmp(m->boot, cache_boot());
}

static void
transfer(struct item *it)
{
	struct place *p = &it->places[it->at];
	struct part *part = &it->part;
	struct net_ask ask = {
		.url = p->url, .fresh = p->again,
		.sure = it->src->algo != NULL, .arg = it,
		.begin = response_begin, .body = response_body, .end = response_end,
	};
	const char *wrong = url_no_file(p->url);

	if (wrong) {
		verdict_place(it, EX_NOINPUT, 0, "%s", wrong);
		return;
	}
	if (part->size && !may_resume(it, p) && part_restart(part) < 0) {
		verdict_failed_sys(it, part->path);
		return;
	}
	ask.from = part->size;
	if (part->size && part->meta.url && plain_is(part->meta.url, p->url))
		ask.if_range = *part->meta.etag == '"' ? part->meta.etag :
		    *part->meta.modified ? part->meta.modified : NULL;
	if (it->cached && *it->known.etag)
		ask.if_none = it->known.etag;
	if (it->cached && *it->known.modified)
		ask.if_since = it->known.modified;
	note("%s: fetching, from byte %lld", p->url, ask.from);
	it->state = ITEM_BUSY;
	if (net_start(&ask) < 0)
		verdict_failed_sys(it, "start a transfer");
}

/* A part may be complete already, when we were killed before the rename. */
static int
part_whole(struct item *it)
{
	char hex[DIGEST_HEX];

	return it->src->algo && it->part.size &&
	    digest_hex(it->part.sum, hex) == 0 && !strcmp(hex, it->src->hex);
}

/* It is there.  A digest that was forgotten must not make an old file a new version. */
static void
found(struct item *it)
{
	struct buf why = { 0 };
	int r = stale_find(&it->entry, &why);

	if (r < 0)
		verdict_failed_sys(it, it->entry.path);
	else if (r > 0)
		verdict_failed(it, EX_DATAERR, why.s);
	else
		verdict_done(it, "cached");
	buf_free(&why);
}

void
attempt_start(struct item *it)
{
	int r;

	it->lock = cache_lock(it->entry.key);
	if (it->lock < 0 && errno == EWOULDBLOCK) {
		if (!it->locked_out)
			note("%s: somebody else is fetching it", it->src->url);
		it->locked_out = 1;
		it->when = clock_ms() + LOCK_POLL;
		return;
	}
	it->locked_out = 0;
	if (it->lock < 0) {
		verdict_failed_sys(it, "lock");
		return;
	}
	r = cache_find(&it->entry, &it->known);
	if (r < 0 && errno == EBADMSG) {
		progress_clear();
		warn_msg("%s: damaged in the cache, fetching it again",
		    it->src->url);
		r = cache_remove(&it->entry);
	}
	if (r < 0) {
		verdict_failed_sys(it, it->entry.path);
		return;
	}
	it->cached = r;
	if (r && it->src->algo) {
		found(it);
		return;
	}
	if (part_open(&it->part, &it->entry) < 0) {
		verdict_failed_sys(it, it->part.path);
		return;
	}
	it->resumed = part_whole(it);
	if (it->resumed)
		response_whole(it);
	else
		transfer(it);
}

void
attempt_look(struct item *it)
{
	int r;

	/* What has no digest is to be revalidated, so needs the lock anyway;
	 * without that its file and its meta may be seen half replaced. */
	if (!it->src->algo && !it->opts->offline)
		return;
	r = cache_find(&it->entry, &it->known);
	if (r == 1)
		found(it);
	else if (r < 0 && errno != EBADMSG)
		verdict_failed_sys(it, it->entry.path);
	else if (it->opts->offline)
		verdict_failed(it, EX_UNAVAILABLE, r == 0 ?
		    "not in the cache, and we are offline" :
		    "damaged in the cache, and we are offline");
}

void
attempt_dry(struct item *it, int have_cache)
{
	int r = have_cache ? cache_find(&it->entry, &it->known) : 0;

	record_put(r == 1 ? "cached" : "missing", it->src, &it->entry);
	it->state = ITEM_DONE;
}
