/* Buffers handed from one thread to another: the decoder fills one while the
 * reader works on those before it.  Memory is bounded, nothing is copied. */
#ifndef UNPACK_RING_H
#define UNPACK_RING_H

#include <pthread.h>
#include <stddef.h>
#include <sys/types.h>

#define RING_SLOTS 16
#define RING_SIZE ((size_t)256 << 10)

struct ring {
	pthread_mutex_t lock;
	pthread_cond_t changed;
	unsigned char *slot[RING_SLOTS];
	size_t len[RING_SLOTS];
	unsigned filled, emptied;	/* slots ever pushed, ever given back */
	int held;			/* the reader still looks at one */
	int ended;
	int error;			/* errno of the end; 0 for a good one */
	char why[160];			/* what is wrong, when error is set */
};

/* Returns 0, or -1 with errno set. */
int ring_init(struct ring *r);

/* The writer's side.  ring_slot waits for an empty slot of RING_SIZE bytes;
 * ring_push hands over its first len bytes.  ring_end says that nothing
 * follows: with error 0 the stream was whole, else why tells what is wrong. */
unsigned char *ring_slot(struct ring *r);
void ring_push(struct ring *r, size_t len);
void ring_end(struct ring *r, int error, const char *why);

/* The reader's side: the next bytes, which stay until the next call.  Returns
 * their number, 0 at the end, or -1 with errno set and r->why filled. */
ssize_t ring_pull(struct ring *r, const void **p);

#endif
