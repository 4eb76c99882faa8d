#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "file.h"
#include "mnt.h"
#include "mount/idmap.h"

int
idmap_begin(int at)
{
	int place = mnt_new("tmpfs", NOSUID_NODEV_NOEXEC, MNT_OPTS("mode", "0700"));

	if (place >= 0 && mnt_attach(place, at) < 0) {
		close_keep(place);
		return -1;
	}
	return place;
}

/* The copy of dir, named after the descriptor that it has got. */
static int
copy(int place, int user, int dir)
{
	int fd = mnt_copy_as(dir, "", 0, 0, user), at;
	char name[32];

	if (fd < 0) {
		if (errno == EINVAL || errno == EPERM)
			errno = ENOTSUP;
		return -1;
	}
	snprintf(name, sizeof(name), "%d", fd);
	at = mnt_dir(place, name);
	if (at < 0 || mnt_attach(fd, at) < 0) {
		close_keep(fd);
		fd = -1;
	}
	close_keep(at);
	return fd;
}

int
idmap_folder(int place, int user, int *fd)
{
	int to = copy(place, user, *fd);

	if (to < 0)
		return -1;
	close_keep(*fd);
	*fd = to;
	return 0;
}

/* Opens what path calls its last folder in folder. */
static int
open_last(int folder, const char *path)
{
	size_t end = strlen(path), begin;
	char *name;
	int fd;

	while (end > 1 && path[end - 1] == '/')
		end--;
	for (begin = end; begin > 0 && path[begin - 1] != '/';)
		begin--;
	name = strndup(path + begin, end - begin);
	if (!name)
		return -1;
	fd = openat(folder, name, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	free(name);
	return fd;
}

static int
same(int a, int b)
{
	struct stat x, y;

	return fstat(a, &x) == 0 && fstat(b, &y) == 0 && x.st_dev == y.st_dev &&
	    x.st_ino == y.st_ino;
}

int
idmap_pair(int place, int user, const char *const path[2], int fd[2])
{
	int folder = openat(fd[0], "..", O_PATH | O_DIRECTORY | O_CLOEXEC), to, i, n;

	if (folder < 0)
		return -1;
	to = copy(place, user, folder);
	close_keep(folder);
	for (i = 0; to >= 0 && i < 2; i++) {
		n = open_last(to, path[i]);
		if (n < 0 || !same(n, fd[i])) {
			close_keep(n);
			close_keep(to);
			errno = EXDEV;
			return -1;
		}
		close_keep(fd[i]);
		fd[i] = n;
	}
	close_keep(to);
	return to < 0 ? -1 : 0;
}
