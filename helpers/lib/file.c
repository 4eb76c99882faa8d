#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "file.h"

int
file_write(int fd, const char *s, size_t len)
{
	ssize_t n;

	while (len) {
		n = write(fd, s, len);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -1;
		s += n;
		len -= (size_t)n;
	}
	return 0;
}

void
close_keep(int fd)
{
	int err = errno;

	if (fd >= 0)
		close(fd);
	errno = err;
}

/* mkostemp makes files 0600; records are for everybody. */
static int
open_mode(int fd)
{
	mode_t mask = umask(0);

	umask(mask);
	return fchmod(fd, 0644 & ~mask);
}

int
file_replace(const char *path, const char *s, size_t len)
{
	struct stat st;
	char *tmp;
	int fd, err;

	if (lstat(path, &st) == 0 && !S_ISREG(st.st_mode)) {
		errno = EEXIST;
		return -1;
	}
	if (asprintf(&tmp, "%s.XXXXXX", path) < 0)
		return -1;
	fd = mkostemp(tmp, O_CLOEXEC);
	if (fd < 0) {
		err = errno;
		free(tmp);
		errno = err;
		return -1;
	}
	if (open_mode(fd) < 0 || file_write(fd, s, len) < 0)
		goto fail;
	if (close(fd) < 0) {
		fd = -1;
		goto fail;
	}
	fd = -1;
	if (rename(tmp, path) < 0)
		goto fail;
	free(tmp);
	return 0;
fail:
	err = errno;
	if (fd >= 0)
		close(fd);
	unlink(tmp);
	free(tmp);
	errno = err;
	return -1;
}

int
file_mkdirs(const char *path)
{
	char *copy = strdup(path), *p;
	int r = 0;

	if (!copy)
		return -1;
	for (p = copy + 1; r == 0 && (p = strchr(p, '/')); p++) {
		*p = '\0';
		if (mkdir(copy, 0755) < 0 && errno != EEXIST)
			r = -1;
		*p = '/';
	}
	if (r == 0 && mkdir(copy, 0755) < 0 && errno != EEXIST)
		r = -1;
	free(copy);
	return r;
}

int
file_put(int dir, const char *path, const char *s, size_t len)
{
	struct stat st;
	char *tmp;
	int fd, err;

	if (fstatat(dir, path, &st, AT_SYMLINK_NOFOLLOW) == 0 && !S_ISREG(st.st_mode)) {
		errno = EEXIST;
		return -1;
	}
	if (asprintf(&tmp, "%s.new%d", path, (int)getpid()) < 0)
		return -1;
	fd = openat(dir, tmp, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0644);
	if (fd < 0)
		goto fail;
	if (file_write(fd, s, len) < 0) {
		err = errno;
		close(fd);
		errno = err;
		goto fail;
	}
	if (close(fd) < 0 || renameat(dir, tmp, dir, path) < 0)
		goto fail;
	free(tmp);
	return 0;
fail:
	err = errno;
	unlinkat(dir, tmp, 0);
	free(tmp);
	errno = err;
	return -1;
}

int
file_get(int dir, const char *path, size_t max, struct buf *b)
{
	int fd = openat(dir, path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	struct stat st;
	int r = -1, err;

	if (fd < 0)
		return -1;
	if (fstat(fd, &st) == 0) {
		errno = EINVAL;
		if (S_ISREG(st.st_mode))
			r = buf_read(b, fd, max);
	}
	err = errno;
	close(fd);
	errno = err;
	return r;
}
