/* A preload for tests, by which programs fail and clocks differ.
 *
 * AOINB_FAULT=DEED:N:FILE   the Nth of what FILE counts fails; FILE.what says which
 *	kill, exit           programs: at its start it is killed by 9, or exits 1
 *	fork                 forks: refused, as by a limit of processes
 * AOINB_SHIFT=SECONDS       the wall clock goes that much before the true one */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

static char deed[8], file[4096];
static long when;

/* Counts one more, as others do at the same time; whether it is the one that fails. */
static int
is_due(const char *what)
{
	char path[sizeof(file) + 8];
	int fd = open(file, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0666);
	long n;

	if (fd < 0)
		return 0;
	n = write(fd, ".", 1) == 1 ? lseek(fd, 0, SEEK_CUR) : 0;
	close(fd);
	if (n != when)
		return 0;
	snprintf(path, sizeof(path), "%s.what", file);
	fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0666);
	if (fd >= 0) {
		dprintf(fd, "%s of %s\n", what, program_invocation_short_name);
		close(fd);
	}
	return 1;
}

__attribute__((constructor)) static void
begin(void)
{
	const char *fault = getenv("AOINB_FAULT");

	if (!fault || sscanf(fault, "%7[a-z]:%ld:%4095s", deed, &when, file) != 3 ||
	    !strcmp(deed, "fork") || !is_due(deed))
		return;
	if (!strcmp(deed, "kill"))
		raise(SIGKILL);
	_exit(1);
}

static int
fork_fails(void)
{
	if (strcmp(deed, "fork") || !is_due("fork"))
		return 0;
	errno = EAGAIN;
	return 1;
}

pid_t
fork(void)
{
	pid_t (*next)(void) = (pid_t (*)(void))dlsym(RTLD_NEXT, "fork");

	return fork_fails() ? -1 : next();
}

/* The child shares no stack with us, which is slower, and all that differs. */
pid_t
vfork(void)
{
	return fork();
}

/* For what makes processes without the C library. */
long
syscall(long number, ...)
{
	long (*next)(long, ...) = (long (*)(long, ...))dlsym(RTLD_NEXT, "syscall");
	long arg[6];
	va_list ap;
	size_t i;

	va_start(ap, number);
	for (i = 0; i < 6; i++)
		arg[i] = va_arg(ap, long);
	va_end(ap);
	if ((number == SYS_clone || number == SYS_clone3) && fork_fails())
		return -1;
	return next(number, arg[0], arg[1], arg[2], arg[3], arg[4], arg[5]);
}

static long
shift(void)
{
	const char *seconds = getenv("AOINB_SHIFT");

	return seconds ? atol(seconds) : 0;
}

int
clock_gettime(clockid_t clock, struct timespec *now)
{
	int r = (int)syscall(SYS_clock_gettime, clock, now);

	if (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE)
		now->tv_sec += shift();
	return r;
}

time_t
time(time_t *out)
{
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	if (out)
		*out = now.tv_sec;
	return now.tv_sec;
}

int
gettimeofday(struct timeval *restrict out, void *restrict zone)
{
	struct timespec now;

	(void)zone;
	clock_gettime(CLOCK_REALTIME, &now);
	out->tv_sec = now.tv_sec;
	out->tv_usec = now.tv_nsec / 1000;
	return 0;
}
