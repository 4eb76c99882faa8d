#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

#include "rusage/timer.h"

uint64_t
timer_now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * 1000000 + (uint64_t)ts.tv_nsec / 1000;
}

int
timer_new(void)
{
	return timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK);
}

static struct timespec
from_ms(uint64_t ms)
{
	return (struct timespec){ (time_t)(ms / 1000),
	    (long)(ms % 1000) * 1000000 };
}

void
timer_set(int fd, uint64_t first_ms, uint64_t every_ms)
{
	struct itimerspec t = { from_ms(every_ms), from_ms(first_ms) };

	timerfd_settime(fd, 0, &t, NULL); /* fails for bad arguments only */
}

int
timer_rang(int fd)
{
	uint64_t times;

	return read(fd, &times, sizeof(times)) == (ssize_t)sizeof(times);
}
