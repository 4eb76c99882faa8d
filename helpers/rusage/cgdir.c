#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/pidfd.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "rusage/cgdir.h"

static void
nap(long ms)
{
	nanosleep(&(struct timespec){ 0, ms * 1000000 }, NULL);
}

int
cgdir_name(char *s, size_t room)
{
	FILE *f = fopen("/proc/self/stat", "re");
	char line[1024], *p = NULL;
	unsigned long long ticks;
	int pid;

	if (!f)
		return -1;
	if (fgets(line, sizeof(line), f))
		p = strrchr(line, ')');
	fclose(f);
	/* The pid as /proc has it, and the 22nd field. */
	if (!p || sscanf(line, "%d", &pid) != 1 || sscanf(p + 1, " %*c %*d %*d %*d"
	    " %*d %*d %*u %*u %*u %*u %*u %*u %*u %*d %*d %*d %*d %*d %*d %llu",
	    &ticks) != 1) {
		errno = ENOTSUP;
		return -1;
	}
	snprintf(s, room, "aoinb-%d-%llu", pid, ticks);
	return 0;
}

int
cgdir_is_name(const char *s)
{
	const char digits[] = "0123456789";
	size_t n;

	if (strncmp(s, "aoinb-", 6))
		return 0;
	n = strspn(s += 6, digits);
	if (!n || s[n] != '-')
		return 0;
	s += n + 1;
	n = strspn(s, digits);
	return n && !s[n];
}

static int
open_dir(int parent, const char *name)
{
	return openat(parent, name,
	    O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
}

/* Whether name still is the folder that fd has open. */
static int
still_there(int parent, const char *name, int fd)
{
	struct stat a, b;

	return fstat(fd, &a) == 0 &&
	    fstatat(parent, name, &b, AT_SYMLINK_NOFOLLOW) == 0 &&
	    a.st_ino == b.st_ino && a.st_dev == b.st_dev;
}

int
cgdir_make(int parent, const char *name)
{
	int fd, tries;

	/* Between mkdir and flock a sweep may take it for a stale one, hold the
	 * lock for a moment and remove it: then make it again. */
	for (tries = 0; tries < 50; tries++) {
		if (mkdirat(parent, name, 0755) < 0 && (errno != EEXIST || !tries))
			return -1;
		fd = open_dir(parent, name);
		if (fd >= 0 && flock(fd, LOCK_EX | LOCK_NB) == 0 &&
		    still_there(parent, name, fd))
			return fd;
		if (fd >= 0)
			close(fd);
		nap(2);
	}
	errno = EBUSY;
	return -1;
}

/* The last part of the path of a process's cgroups must be name, or be below
 * it: looked at while a pidfd holds the process, so it is no other's. */
static int
is_inside(int pid, const char *name)
{
	char path[64], *line = NULL, *at;
	size_t room = 0, len = strlen(name);
	int found = 0;
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%d/cgroup", pid);
	f = fopen(path, "re");
	while (f && !found && getline(&line, &room, f) > 0)
		found = (at = strstr(line, name)) && at > line &&
		    at[-1] == '/' && (at[len] == '/' || at[len] == '\n');
	free(line);
	if (f)
		fclose(f);
	return found;
}

/* One pass over cgroup.procs.  Returns how many were there. */
static int
kill_listed(int dir, const char *name)
{
	int fd = openat(dir, "cgroup.procs", O_RDONLY | O_CLOEXEC), pid, n, pidfd;
	FILE *f = fd < 0 ? NULL : fdopen(fd, "r");

	if (!f) {
		if (fd >= 0)
			close(fd);
		return 0;
	}
	for (n = 0; fscanf(f, "%d", &pid) == 1; n++) {
		pidfd = pid > 0 ? pidfd_open(pid, 0) : -1;
		if (pidfd < 0)
			continue;
		if (is_inside(pid, name))
			pidfd_send_signal(pidfd, SIGKILL, NULL, 0);
		close(pidfd);
	}
	fclose(f);
	return n;
}

static void
kill_all(int dir, const char *name)
{
	int fd = openat(dir, "cgroup.kill", O_WRONLY | O_CLOEXEC);

	if (fd < 0 || write(fd, "1", 1) != 1)
		kill_listed(dir, name);
	if (fd >= 0)
		close(fd);
}

/* Removes the folders below dir, deepest first, killing what is in them.  What
 * PROG made in its cgroup is ours to remove. */
static void
empty(int dir, const char *name, int depth)
{
	int fd = dup(dir), sub;
	DIR *d = fd < 0 ? NULL : fdopendir(fd);
	struct dirent *e;

	kill_all(dir, name);
	if (!d) {
		if (fd >= 0)
			close(fd);
		return;
	}
	rewinddir(d);
	while (depth < 32 && (e = readdir(d))) {
		if (e->d_type != DT_DIR || e->d_name[0] == '.')
			continue;
		sub = open_dir(dir, e->d_name);
		if (sub >= 0) {
			empty(sub, name, depth + 1);
			close(sub);
		}
		unlinkat(dir, e->d_name, AT_REMOVEDIR);
	}
	closedir(d);
}

int
cgdir_remove(int parent, const char *name)
{
	int tries, fd;

	/* EBUSY while the kernel still takes the last process apart. */
	for (tries = 0; tries < 100; tries++) {
		if (unlinkat(parent, name, AT_REMOVEDIR) == 0 || errno == ENOENT)
			return 0;
		if (errno != EBUSY)
			return -1;
		fd = open_dir(parent, name);
		if (fd >= 0) {
			empty(fd, name, 0);
			close(fd);
		}
		nap(tries < 10 ? 1 : 15);
	}
	return -1;
}

static void
sweep_one(int parent, const char *path, const char *name,
    void (*said)(const char *path), int dry)
{
	int fd = open_dir(parent, name), gone = 0;
	char *full;

	if (fd < 0)
		return;
	if (flock(fd, LOCK_EX | LOCK_NB) == 0 && still_there(parent, name, fd))
		gone = dry || cgdir_remove(parent, name) == 0;
	if (gone && said && asprintf(&full, "%s/%s", path, name) >= 0) {
		said(full);
		free(full);
	}
	close(fd);
}

void
cgdir_sweep(int parent, const char *path, void (*said)(const char *path),
    int dry)
{
	int fd = openat(parent, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *d = fd < 0 ? NULL : fdopendir(fd);
	struct dirent *e;

	if (!d) {
		if (fd >= 0)
			close(fd);
		return;
	}
	while ((e = readdir(d)))
		if (cgdir_is_name(e->d_name))
			sweep_one(parent, path, e->d_name, said, dry);
	closedir(d);
}
