#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "unpack/ring.h"

int
ring_init(struct ring *r)
{
	int i;

	*r = (struct ring){ .lock = PTHREAD_MUTEX_INITIALIZER,
	    .changed = PTHREAD_COND_INITIALIZER };
	for (i = 0; i < RING_SLOTS; i++)
		if (!(r->slot[i] = malloc(RING_SIZE)))
			return -1;
	return 0;
}

unsigned char *
ring_slot(struct ring *r)
{
	unsigned char *p;

	pthread_mutex_lock(&r->lock);
	while (r->filled - r->emptied == RING_SLOTS)
		pthread_cond_wait(&r->changed, &r->lock);
	p = r->slot[r->filled % RING_SLOTS];
	pthread_mutex_unlock(&r->lock);
	return p;
}

void
ring_push(struct ring *r, size_t len)
{
	if (!len)
		return;
	pthread_mutex_lock(&r->lock);
	r->len[r->filled++ % RING_SLOTS] = len;
	pthread_cond_signal(&r->changed);
	pthread_mutex_unlock(&r->lock);
}

void
ring_end(struct ring *r, int error, const char *why)
{
	pthread_mutex_lock(&r->lock);
	r->ended = 1;
	r->error = error;
	snprintf(r->why, sizeof(r->why), "%s", why ? why : "");
	pthread_cond_signal(&r->changed);
	pthread_mutex_unlock(&r->lock);
}

ssize_t
ring_pull(struct ring *r, const void **p)
{
	ssize_t n = 0;

	pthread_mutex_lock(&r->lock);
	if (r->held) {
		r->held = 0;
		r->emptied++;
		pthread_cond_signal(&r->changed);
	}
	while (r->filled == r->emptied && !r->ended)
		pthread_cond_wait(&r->changed, &r->lock);
	if (r->filled != r->emptied) {
		r->held = 1;
		*p = r->slot[r->emptied % RING_SLOTS];
		n = (ssize_t)r->len[r->emptied % RING_SLOTS];
	} else if (r->error) {
		errno = r->error;
		n = -1;
	}
	pthread_mutex_unlock(&r->lock);
	return n;
}
