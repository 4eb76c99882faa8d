#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "serve/bell.h"

/* Tasks share bells; those that are no task's come first. */
enum { OWN = 8, BELLS = 256 };

static struct bell {
	pthread_mutex_t lock;
	pthread_cond_t rung;
	struct bell_seen seen;
	int readers;
} bells[BELLS];
static pthread_once_t once = PTHREAD_ONCE_INIT;

static void
make(void)
{
	pthread_condattr_t a;
	int i;

	pthread_condattr_init(&a);
	pthread_condattr_setclock(&a, CLOCK_MONOTONIC);
	for (i = 0; i < BELLS; i++) {
		pthread_mutex_init(&bells[i].lock, NULL);
		pthread_cond_init(&bells[i].rung, &a);
	}
	pthread_condattr_destroy(&a);
}

static struct bell *
bell_of(int64_t what)
{
	pthread_once(&once, make);
	return &bells[what < 0 ? -what : OWN + what % (BELLS - OWN)];
}

struct bell_seen
bell_seen(int64_t what)
{
	struct bell *b = bell_of(what);
	struct bell_seen s;

	pthread_mutex_lock(&b->lock);
	s = b->seen;
	pthread_mutex_unlock(&b->lock);
	return s;
}

void
bell_ring(int64_t what, enum bell_kind kind)
{
	struct bell *b = bell_of(what);

	pthread_mutex_lock(&b->lock);
	b->seen.n[kind]++;
	pthread_cond_broadcast(&b->rung);
	pthread_mutex_unlock(&b->lock);
}

void
bell_ring_all(void)
{
	int i;

	pthread_once(&once, make);
	for (i = 0; i < BELLS; i++)
		bell_ring(i < OWN ? -i : i - OWN, BELL_STATE);
}

int
bell_wait(int64_t what, struct bell_seen *seen, int ms)
{
	struct bell *b = bell_of(what);
	struct timespec until;
	int late = 0, rung;

	clock_gettime(CLOCK_MONOTONIC, &until);
	until.tv_sec += ms / 1000;
	until.tv_nsec += ms % 1000 * 1000000L;
	if (until.tv_nsec >= 1000000000L) {
		until.tv_sec++;
		until.tv_nsec -= 1000000000L;
	}
	pthread_mutex_lock(&b->lock);
	while (!late && !memcmp(seen, &b->seen, sizeof(*seen)))
		late = pthread_cond_timedwait(&b->rung, &b->lock, &until) != 0;
	rung = memcmp(seen, &b->seen, sizeof(*seen)) != 0;
	*seen = b->seen;
	pthread_mutex_unlock(&b->lock);
	return rung;
}

int
bell_readers(int64_t task, int by)
{
	struct bell *b = bell_of(task);
	int n;

	pthread_mutex_lock(&b->lock);
	n = b->readers += by;
	pthread_mutex_unlock(&b->lock);
	return n;
}
