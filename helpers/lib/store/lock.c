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

/* Takes it unless somebody holds it.  Who only asks whether it is held has it for a
 * moment (lock_held), and is not meant. */
static int
take_now(int fd, int op)
{
	int i;

	for (i = 0; flock(fd, op | LOCK_NB) < 0; i++) {
		if (errno != EINTR && (errno != EWOULDBLOCK || i == 5))
			return -1;
		usleep(2000);
	}
	return 0;
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
		r = how & LOCK_WAIT ? wait_for(fd, op, text) : take_now(fd, op);
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
	if (take_now(fd, LOCK_EX) < 0)
		return -1;
	held[c->order] = fd;
	return 0;
}

/* The path, below work_dir, of the file lock/new.* that fd is open on, or NULL with
 * errno set. */
static char *
path_of_blank(const struct store *s, int fd)
{
	char proc[32], *path = NULL, at[4096], *base;
	ssize_t n;

	snprintf(proc, sizeof(proc), "/proc/self/fd/%d", fd);
	n = readlink(proc, at, sizeof(at) - 1);
	if (n < 0)
		n = 0;
	at[n] = '\0';
	base = strrchr(at, '/');
	if (base && !strncmp(base, "/new.", 5) && asprintf(&path, "lock%s", base) < 0)
		return NULL;
	if (path && is_at(s, path, fd))
		return path;
	free(path);
	errno = EBADF;
	return NULL;
}

int
lock_new(const struct store *s, const char *class, const char *name, int fd)
{
	const struct lock_class *c = class_of(class);
	char *path = path_of(class, name), *from = NULL;

	if (!path)
		return -1;
	if (fd < 0) {
		fd = open_lock(s, path);
	} else if (!(from = path_of_blank(s, fd)) ||
	    renameat(s->dir, from, s->dir, path) < 0) {
		fd = -1;
	}
	if (fd >= 0 && take_now(fd, LOCK_EX) < 0) {
		unlinkat(s->dir, path, 0);
		if (!from)
			close_keep(fd);
		fd = -1;
	}
	if (fd >= 0)
		held[c->order] = fd;
	free(from);
	free(path);
	return fd;
}

void
lock_forget_new(const struct store *s, int fd)
{
	char *path = path_of_blank(s, fd);

	if (path)
		unlinkat(s->dir, path, 0);
	free(path);
}

int
lock_adopt(const struct store *s, const char *class, const char *name, int fd)
{
	const struct lock_class *c = class_of(class);

	if (fd >= 0)
		return lock_inherit(s, class, name, fd) < 0 ? -1 : fd;
	if (c && c->fd >= 0 && lock_inherit(s, class, name, c->fd) == 0)
		return c->fd;
	return lock_take(s, class, name, LOCK_NOW, NULL);
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
