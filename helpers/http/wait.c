#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <time.h>

#include "http/wait.h"

enum { SLICE = 200, MOST_TRIES = 9, MOST_S = 300 };

static volatile sig_atomic_t stopped;

int64_t
wait_now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_BOOTTIME, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static void
on_signal(int sig)
{
	stopped = sig;
}

/* Only so that it ends a sleep. */
static void
on_child(int sig)
{
	(void)sig;
}

void
wait_signals(void)
{
	struct sigaction a = { .sa_handler = on_signal }, child = { .sa_handler = on_child,
	    .sa_flags = SA_NOCLDSTOP | SA_RESTART };

	sigaction(SIGTERM, &a, NULL);
	sigaction(SIGINT, &a, NULL);
	sigaction(SIGHUP, &a, NULL);
	sigaction(SIGCHLD, &child, NULL);
	signal(SIGPIPE, SIG_IGN);
}

int
wait_stopped(void)
{
	return stopped;
}

void
wait_forget(void)
{
	stopped = 0;
}

/* One slice at most, so that a signal that came just before does not wait for long. */
void
wait_ms(int64_t ms)
{
	int64_t until = wait_now() + ms, left;
	struct timespec t;

	while (!stopped && (left = until - wait_now()) > 0) {
		if (left > SLICE)
			left = SLICE;
		t = (struct timespec){ left / 1000, left % 1000 * 1000000 };
		if (nanosleep(&t, NULL) < 0)
			return;
	}
}

int64_t
backoff_ms(struct backoff *b, long at_least_s)
{
	int64_t ms = 1000LL << b->tries;
	uint32_t random = 0;

	if (b->tries < MOST_TRIES)
		b->tries++;
	if (ms > MOST_S * 1000LL)
		ms = MOST_S * 1000LL;
	if (at_least_s > MOST_S)
		at_least_s = MOST_S;
	if (at_least_s * 1000 > ms)
		ms = at_least_s * 1000 * 4 / 3;
	if (getrandom(&random, sizeof(random), GRND_NONBLOCK) != sizeof(random))
		random = (uint32_t)wait_now();
	return ms - (int64_t)(random % (uint32_t)(ms / 4 + 1));
}
