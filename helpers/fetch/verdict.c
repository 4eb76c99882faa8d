#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "err.h"
#include "fetch/verdict.h"
#include "fetch/clock.h"
#include "fetch/progress.h"
#include "fetch/record.h"

#define BACKOFF 500		/* milliseconds before the second round */
#define BACKOFF_MAX 30000

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

void
verdict_done(struct item *it, const char *state)
{
	release(it);
	it->state = ITEM_DONE;
	progress_file();
	if (!it->opts->quiet)
		record_put(state, it->src, &it->entry);
}

void
verdict_failed(struct item *it, int code, const char *why)
{
	progress_clear();
	warn_msg("%s: %s", it->src->url, why);
	it->code = code;
	it->entry.size = -1;
	verdict_done(it, "failed");
}

/* A path that cannot be named, opened or written to is the cache's own. */
static int
cache_code(int err)
{
	int code = err_code(err);

	return code == EX_DATAERR || code == EX_NOINPUT || code == EX_NOPERM ?
	    EX_CANTCREAT : code;
}

void
verdict_failed_sys(struct item *it, const char *what)
{
	int err = errno;
	char why[512];

	snprintf(why, sizeof(why), "%s: %s", what, err == ENOTSUP ?
	    "OpenSSL has no such digest here" : strerror(err));
	verdict_failed(it, cache_code(err), why);
}

static uint64_t
backoff(const struct item *it)
{
	uint64_t ms = BACKOFF_MAX, r = 0;

	if (it->round < 6)
		ms = (uint64_t)BACKOFF << it->round;
	/* Half of it is chance, so that many clients do not come back at once. */
	if (getrandom(&r, sizeof(r), GRND_NONBLOCK) < 0)
		r = clock_ms();
	ms = ms / 2 + r % (ms / 2 + 1);
	return ms > (uint64_t)it->after * 1000 ? ms : (uint64_t)it->after * 1000;
}

void
verdict_retry(struct item *it, uint64_t ms)
{
	release(it);
	it->state = ITEM_WAITING;
	it->when = clock_ms() + ms;
}

/* Every place failed for good, or often enough. */
static void
give_up(struct item *it)
{
	if (it->cached && it->passing) {
		progress_clear();
		warn_msg("%s: %s; using the copy in the cache", it->src->url,
		    it->why);
		verdict_done(it, "cached");
		return;
	}
	verdict_failed(it, it->fault, it->why);
}

/* The next living place, in this round or in another one. */
static void
next_place(struct item *it)
{
	size_t i;

	for (i = it->at + 1; i < it->nplaces; i++)
		if (!it->places[i].dead) {
			it->at = i;
			verdict_retry(it, 0);
			return;
		}
	for (i = 0; i < it->nplaces && it->places[i].dead; i++)
		;
	if (i == it->nplaces || it->round >= it->opts->retries) {
		give_up(it);
		return;
	}
	it->at = i;
	verdict_retry(it, backoff(it));
	it->round++;
	it->after = 0;
}

void
verdict_place(struct item *it, int code, int passing, const char *fmt, ...)
{
	struct place *p = &it->places[it->at];
	va_list ap;
	char *why;
	int n;

	va_start(ap, fmt);
	n = vasprintf(&why, fmt, ap);
	va_end(ap);
	if (n < 0) {
		verdict_failed_sys(it, "message");
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
