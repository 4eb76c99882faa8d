#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>

#include "err.h"
#include "fetch/answer.h"
#include "fetch/end.h"
#include "fetch/item.h"
#include "fetch/net.h"
#include "fetch/progress.h"
#include "fetch/record.h"

#define LOCK_POLL 100		/* milliseconds */

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
		.begin = answer_begin, .body = answer_body, .end = answer_end,
	};

	if (!net_file_ok(p->url)) {
		end_place(it, EX_NOINPUT, 0, "not a regular file");
		return;
	}
	if (part->size && !may_resume(it, p) && part_restart(part) < 0) {
		end_failed_sys(it, part->path);
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
	it->state = ITEM_BUSY;
	if (net_start(&ask) < 0)
		end_failed_sys(it, "start a transfer");
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
		end_failed_sys(it, "lock");
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
		end_failed_sys(it, it->entry.path);
		return;
	}
	it->cached = r;
	if (r && it->src->algo) {
		end_done(it, "cached");
		return;
	}
	if (part_open(&it->part, &it->entry) < 0) {
		end_failed_sys(it, it->part.path);
		return;
	}
	it->resumed = part_whole(it);
	if (it->resumed)
		answer_whole(it);
	else
		transfer(it);
}

void
item_look(struct item *it)
{
	int r;

	/* What has no digest is to be revalidated, so needs the lock anyway;
	 * without that its file and its meta may be seen half replaced. */
	if (!it->src->algo && !it->opts->offline)
		return;
	r = cache_find(&it->entry, &it->known);
	if (r == 1)
		end_done(it, "cached");
	else if (r < 0 && errno != EBADMSG)
		end_failed_sys(it, it->entry.path);
	else if (it->opts->offline)
		end_failed(it, EX_UNAVAILABLE, r == 0 ?
		    "not in the cache, and we are offline" :
		    "damaged in the cache, and we are offline");
}

void
item_dry(struct item *it, int have_cache)
{
	int r = have_cache ? cache_find(&it->entry, &it->known) : 0;

	record_put(r == 1 ? "cached" : "missing", it->src, &it->entry);
	it->state = ITEM_DONE;
}
