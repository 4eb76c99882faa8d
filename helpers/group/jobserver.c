#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "group/jobserver.h"

enum {
	EMPTY_US = 100000,	/* a FIFO that is empty so long wants more than its share */
	ASK_US = 1000000,	/* one that uses none is offered one so often */
	CALM_US = 5000,		/* between two looks */
	PIECE = 4096,
};

void
jobserver_begin(struct jobserver *s, uint64_t jobs, uint32_t slots)
{
	*s = (struct jobserver){ .due = UINT64_MAX };
	if (jobs > slots)
		s->pool = (uint32_t)(jobs - slots);
	s->share = s->pool / slots;
	s->inotify = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
}

/* Takes up to n tokens out of a FIFO. */
static void
take(struct jobserver *s, struct tokens *t, uint32_t n)
{
	char piece[PIECE];
	ssize_t got;

	if (n > t->idle)
		n = t->idle;
	for (; n; n -= (uint32_t)got) {
		got = read(t->fd, piece, n < PIECE ? n : PIECE);
		if (got <= 0)
			return;
		t->given -= (uint32_t)got;
		t->idle -= (uint32_t)got;
		s->pool += (uint32_t)got;
	}
}

/* Puts up to n tokens of the pool into a FIFO, unless its build has filled it. */
static void
give(struct jobserver *s, struct tokens *t, uint32_t n, uint64_t now)
{
	char piece[PIECE];
	ssize_t put;

	memset(piece, '+', sizeof(piece));
	if (!t->given)
		t->asked = now;
	for (n = n < s->pool ? n : s->pool; n; n -= (uint32_t)put) {
		put = write(t->fd, piece, n < PIECE ? n : PIECE);
		if (put <= 0)
			return;
		t->given += (uint32_t)put;
		t->idle += (uint32_t)put;
		s->pool -= (uint32_t)put;
	}
}

/* How many tokens lie in a FIFO.  What was written there beyond what was given is
 * thrown away, a piece of it at each look. */
static void
look(struct tokens *t, uint64_t now)
{
	char piece[PIECE];
	uint32_t was = t->idle, more;
	int n = 0;

	if (ioctl(t->fd, FIONREAD, &n) < 0 || n < 0)
		n = 0;
	if ((uint32_t)n > t->given) {
		more = (uint32_t)n - t->given;
		if (read(t->fd, piece, more < PIECE ? more : PIECE) < 0)
			n = 0;
	}
	t->idle = (uint32_t)n < t->given ? (uint32_t)n : t->given;
	if (!t->idle && was)
		t->empty_since = now;
}

/* What a build is to have before others have more. */
static uint32_t
fair(const struct jobserver *s)
{
	return s->share ? s->share : 1;
}

/* Whether a build has used up what it has.  One that never took any is asked from
 * time to time: by giving it one. */
static int
wants(const struct tokens *t, uint64_t now)
{
	return !t->idle && (t->given || !t->asked || now - t->asked >= ASK_US);
}

/* Gets n tokens into the pool: out of the FIFOs of builds that do not use theirs,
 * as far as these keep least. */
static void
gather(struct jobserver *s, const struct tokens *for_whom, uint32_t n, uint32_t least)
{
	struct tokens *t;
	uint32_t i;

	for (i = 0; i < s->builds && s->pool < n; i++) {
		t = s->build[i];
		if (t == for_whom || t->given <= least)
			continue;
		take(s, t, t->given - least < n - s->pool ? t->given - least : n - s->pool);
	}
}

static void
give_shares(struct jobserver *s, uint64_t now)
{
	struct tokens *t;
	uint32_t i, n;

	for (i = 0; i < s->builds; i++) {
		t = s->build[i];
		if (t->given >= fair(s) || !wants(t, now))
			continue;
		n = fair(s) - t->given;
		gather(s, t, n, fair(s));
		give(s, t, n, now);
	}
}

/* As many again as it has: so that one that is alone soon has all. */
static void
give_more(struct jobserver *s, uint64_t now)
{
	struct tokens *t;
	uint32_t i, n;

	for (i = 0; i < s->builds; i++) {
		t = s->build[i];
		if (now - t->empty_since < EMPTY_US || !wants(t, now))
			continue;
		n = t->given ? t->given : 1;
		gather(s, t, n, 0);
		give(s, t, n, now);
		t->empty_since = now;
	}
}

/* When a look may find something to do that no event tells of: tokens lie idle, and
 * a FIFO is empty that will have been so for long enough. */
static uint64_t
next_look(const struct jobserver *s, uint64_t now)
{
	uint64_t due = s->inotify < 0 && s->builds ? now + EMPTY_US : UINT64_MAX, at;
	uint32_t idle = s->pool, i;
	const struct tokens *t;

	for (i = 0; i < s->builds; i++)
		idle += s->build[i]->idle;
	for (i = 0; i < s->builds && idle; i++) {
		t = s->build[i];
		if (t->idle)
			continue;
		at = t->empty_since + EMPTY_US;
		if (!t->given && t->asked && at < t->asked + ASK_US)
			at = t->asked + ASK_US;
		if (at <= now)
			at = now + EMPTY_US;
		if (at < due)
			due = at;
	}
	return due;
}

void
jobserver_balance(struct jobserver *s, uint64_t now)
{
	char events[4096];
	uint32_t i;

	/* All of them, before the look that they call for. */
	while (s->inotify >= 0 && read(s->inotify, events, sizeof(events)) > 0)
		;
	for (i = 0; i < s->builds; i++)
		look(s->build[i], now);
	give_shares(s, now);
	give_more(s, now);
	s->looked = now;
	s->due = next_look(s, now);
}

uint64_t
jobserver_ready(const struct jobserver *s)
{
	return s->looked + CALM_US;
}

int
jobserver_join(struct jobserver *s, struct tokens *t, int dir, const char *path,
    uint64_t now)
{
	char fd[32];

	*t = (struct tokens){ .fd = -1, .watch = -1, .empty_since = now };
	if (unlinkat(dir, path, 0) < 0 && errno != ENOENT)
		return -1;
	if (mkfifoat(dir, path, 0644) < 0)
		return -1;
	t->fd = openat(dir, path, O_RDWR | O_NONBLOCK | O_NOFOLLOW | O_CLOEXEC);
	if (t->fd < 0)
		return -1;
	snprintf(fd, sizeof(fd), "/proc/self/fd/%d", t->fd);
	if (s->inotify >= 0)
		t->watch = inotify_add_watch(s->inotify, fd, IN_ACCESS | IN_MODIFY);
	if (s->inotify >= 0 && t->watch < 0) {	/* too many: look by time */
		close(s->inotify);
		s->inotify = -1;
	}
	s->build[s->builds++] = t;
	give(s, t, s->share, now);
	jobserver_balance(s, now);
	return 0;
}

void
jobserver_leave(struct jobserver *s, struct tokens *t)
{
	uint32_t i;

	if (t->fd < 0)
		return;
	for (i = 0; s->build[i] != t; i++)
		;
	s->build[i] = s->build[--s->builds];
	if (t->watch >= 0 && s->inotify >= 0)
		inotify_rm_watch(s->inotify, t->watch);
	close(t->fd);
	t->fd = -1;
	s->pool += t->given;
	t->given = 0;
}

void
jobserver_end(struct jobserver *s)
{
	if (s->inotify >= 0)
		close(s->inotify);
}
