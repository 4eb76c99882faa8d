#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "err.h"
#include "file.h"
#include "store/store.h"

/* Shell has the same table in scripts/lib/lock.sh. */
const struct lock_class lock_tab[] = {
	{ "group", 1, 5 },
	{ "job", 2, 9 },
	{ "instance", 3, 8 },
	{ "baseos", 3, 8 },
	{ "deps", 3, 8 },
	{ "names", 3, 8 },
	{ "repo", 4, 6 },
	{ "layers", 5, 7 },
	{ "sources", 6, 7 },
	{ "jobs", 7, -1 },
	{ NULL, 0, 0 },
};

/* What this process holds, by order. */
static int held[8] = { -1, -1, -1, -1, -1, -1, -1, -1 };

static const struct lock_class *
class_of(const char *name)
{
	const struct lock_class *c;

	for (c = lock_tab; c->name; c++)
		if (!strcmp(c->name, name))
			return c;
	return NULL;
}

static char *
path_of(const char *class, const char *name)
{
	char *path;

	if (asprintf(&path, "lock/%s%s%s", class, name ? "." : "", name ? name : "") < 0)
		return NULL;
	return path;
}

/* Whether a lock of c may be taken now. */
static int
in_order(const struct lock_class *c)
{
	int i;

	for (i = c ? c->order : 0; c && i < (int)(sizeof(held) / sizeof(*held)); i++)
		if (held[i] >= 0)
			c = NULL;
	if (!c)
		errno = EDEADLK;
	return c != NULL;
}

/* Waits for it, and says so only when it takes a moment. */
static int
wait_for(int fd, int op, const char *text)
{
	int i;

	for (i = 0; i < 5; i++) {
		if (flock(fd, op | LOCK_NB) == 0)
			return 0;
		if (errno != EWOULDBLOCK && errno != EINTR)
			return -1;
		usleep(20000);
	}
	if (text && isatty(STDERR_FILENO))
		warn_msg("waiting: %s", text);
	while (flock(fd, op) < 0)
		if (errno != EINTR)
			return -1;
	return 0;
}

static int
open_lock(const struct store *s, const char *path)
{
	int fd = openat(s->dir, path, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0644);

	if (fd >= 0 || errno != ENOENT)
		return fd;
	if (store_mkdir(s, "lock") < 0)
		return -1;
	return openat(s->dir, path, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0644);
}

/* Whether fd is still what path names: a lock's file may go with its holder. */
static int
is_at(const struct store *s, const char *path, int fd)
{
	struct stat a, b;

	return fstat(fd, &a) == 0 && fstatat(s->dir, path, &b, AT_SYMLINK_NOFOLLOW) == 0 &&
	    a.st_dev == b.st_dev && a.st_ino == b.st_ino;
}

int
lock_take(const struct store *s, const char *class, const char *name, int how,
    const char *text)
{
	const struct lock_class *c = class_of(class);
	int op = how & LOCK_SHARED ? LOCK_SH : LOCK_EX, fd, r, err;
	char *path;

	if (!in_order(c) || !(path = path_of(class, name)))
		return -1;
	for (;;) {
		fd = open_lock(s, path);
		if (fd < 0)
			break;
		r = how & LOCK_WAIT ? wait_for(fd, op, text) : flock(fd, op | LOCK_NB);
		if (r == 0 && is_at(s, path, fd))
			break;
		err = r < 0 ? errno : 0;
		close(fd);
		fd = -1;
		errno = err;
		if (err)
			break;
	}
	err = errno;
	free(path);
	if (fd >= 0)
		held[c->order] = fd;
	errno = err;
	return fd;
}

int
lock_inherit(const struct store *s, const char *class, const char *name, int fd)
{
	const struct lock_class *c = class_of(class);
	char *path;
	int ours;

	if (!in_order(c) || !(path = path_of(class, name)))
		return -1;
	ours = is_at(s, path, fd);
	free(path);
	if (!ours) {
		errno = EBADF;
		return -1;
	}
	if (flock(fd, LOCK_EX | LOCK_NB) < 0)
		return -1;
	held[c->order] = fd;
	return 0;
}

void
lock_drop(int fd)
{
	size_t i;

	for (i = 0; i < sizeof(held) / sizeof(*held); i++)
		if (held[i] == fd)
			held[i] = -1;
	close_keep(fd);
}

int
lock_held(const struct store *s, const char *class, const char *name)
{
	char *path = path_of(class, name);
	int fd, r;

	if (!path)
		return -1;
	fd = openat(s->dir, path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
	free(path);
	if (fd < 0)
		return errno == ENOENT ? 0 : -1;
	r = flock(fd, LOCK_SH | LOCK_NB) == 0 ? 0 : errno == EWOULDBLOCK ? 1 : -1;
	close(fd);
	return r;
}

void
lock_forget(const struct store *s, const char *class, const char *name)
{
	char *path = path_of(class, name);

	if (path)
		unlinkat(s->dir, path, 0);
	free(path);
}
