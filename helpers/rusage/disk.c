#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "file.h"
#include "rusage/disk.h"

int
disk_space(const char *path, uint64_t *used_kib, uint64_t *free_kib)
{
	struct statvfs s;

	if (statvfs(path, &s) < 0)
		return -1;
	*used_kib = (uint64_t)(s.f_blocks - s.f_bfree) * s.f_frsize / 1024;
	*free_kib = (uint64_t)s.f_bavail * s.f_frsize / 1024;
	return 0;
}

struct walk {
	dev_t dev;
	uint64_t bytes;
};

static int walk_folder(struct walk *w, int fd);

static int
walk_name(struct walk *w, int at, const char *name)
{
	struct stat st;
	int fd;

	if (fstatat(at, name, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return errno == ENOENT ? 0 : -1;
	if (st.st_dev != w->dev)
		return 0;
	if (!S_ISDIR(st.st_mode)) {
		w->bytes += (uint64_t)st.st_blocks * 512 /
		    (st.st_nlink ? st.st_nlink : 1);
		return 0;
	}
	fd = openat(at, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0)
		return errno == ENOENT ? 0 : -1;
	return walk_folder(w, fd);
}

/* Closes fd.  As deep as there are descriptors: deeper is EMFILE. */
static int
walk_folder(struct walk *w, int fd)
{
	DIR *d = fdopendir(fd);
	struct dirent *e;
	struct stat st;
	int r = 0, err;

	if (!d) {
		close_keep(fd);
		return -1;
	}
	if (fstat(fd, &st) == 0)
		w->bytes += (uint64_t)st.st_blocks * 512;
	while (r == 0 && (e = readdir(d)))
		if (strcmp(e->d_name, ".") && strcmp(e->d_name, ".."))
			r = walk_name(w, fd, e->d_name);
	err = errno;
	closedir(d);
	errno = err;
	return r;
}

int
disk_folder(const char *path, uint64_t *kib)
{
	struct walk w = { 0, 0 };
	struct stat st;
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd < 0)
		return -1;
	if (fstat(fd, &st) < 0) {
		close_keep(fd);
		return -1;
	}
	w.dev = st.st_dev;
	if (walk_folder(&w, fd) < 0)
		return -1;
	*kib = w.bytes / 1024;
	return 0;
}
