#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "digest.h"
#include "err.h"
#include "file.h"
#include "repo/add.h"

static const char *
name_of(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

void
add_check(char *const files[])
{
	struct stat st;
	int i, k;

	for (i = 0; files[i]; i++) {
		if (lstat(files[i], &st) < 0)
			die_sys(err_code(errno), "%s", files[i]);
		for (k = 0; k < i; k++)
			if (!strcmp(name_of(files[k]), name_of(files[i])))
				die(EX_USAGE, "%s: two files of that name", name_of(files[i]));
	}
}

/* Opens what may be a package.  Returns -1 when it is none. */
static int
open_package(const char *path, struct stat *st)
{
	int fd = repo_file_ok(name_of(path)) ?
	    open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC) : -1;

	if (fd < 0)
		return -1;
	if (fstat(fd, st) == 0 && S_ISREG(st->st_mode))
		return fd;
	close_keep(fd);
	return -1;
}

/* Makes it everybody's to read and root's to write, as far as we are root. */
static int
set_owner(int fd, const struct stat *st)
{
	if (geteuid() == 0 && (st->st_uid || st->st_gid) && fchown(fd, 0, 0) < 0)
		return -1;
	return fchmod(fd, 0644);
}

/* Who replaces a file does not have its time, in whole seconds: mirrors and caches on the
 * way to a client see by that that it is another one. */
static int
set_time(const struct repo *r, int fd, const char *name, const struct stat *st)
{
	struct timespec times[2] = { { .tv_nsec = UTIME_OMIT }, { 0 } };
	struct stat old;

	if (fstatat(r->out, name, &old, AT_SYMLINK_NOFOLLOW) < 0 ||
	    old.st_mtim.tv_sec != st->st_mtim.tv_sec)
		return 0;
	times[1].tv_sec = old.st_mtim.tv_sec + 1;
	return futimens(fd, times);
}

static int
copy(int from, int to)
{
	char s[65536];
	ssize_t n;

	if (lseek(from, 0, SEEK_SET) < 0)
		return -1;
	while ((n = read(from, s, sizeof(s))) != 0) {
		if (n < 0 && errno != EINTR)
			return -1;
		if (n > 0 && file_write(to, s, (size_t)n) < 0)
			return -1;
	}
	return 0;
}

/* Moves path, which fd is, to another file system: beside its name first. */
static int
move_far(const struct repo *r, int fd, const char *path)
{
	struct timespec times[2];
	struct stat st;
	int to = openat(r->made, "package", O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);

	if (to < 0)
		return -1;
	if (fstat(fd, &st) < 0 || copy(fd, to) < 0 || fchmod(to, 0644) < 0)
		goto fail;
	times[0] = st.st_atim;
	times[1] = st.st_mtim;
	if (futimens(to, times) < 0 || renameat(r->made, "package", r->out, name_of(path)) < 0)
		goto fail;
	close(to);
	return unlink(path);
fail:
	close_keep(to);
	return -1;
}

static int
move(const struct repo *r, int fd, const char *path)
{
	if (renameat(AT_FDCWD, path, r->out, name_of(path)) == 0)
		return 0;
	return errno == EXDEV ? move_far(r, fd, path) : -1;
}

static int
add(const struct repo *r, int fd, const char *path, const struct stat *st, struct buf *rows)
{
	struct digest *d = digest_new(digest_algo("sha256", 6));
	const char *name = name_of(path);
	char hex[DIGEST_HEX];
	long long bytes;
	int good;

	good = d && (bytes = digest_fd(d, fd, -1)) >= 0 && digest_hex(d, hex) == 0 &&
	    set_owner(fd, st) == 0 && set_time(r, fd, name, st) == 0 &&
	    move(r, fd, path) == 0 &&
	    buf_printf(rows, "sha256::%s\t%lld\t%s\n", hex, bytes, name) == 0;
	digest_free(d);
	return good ? 0 : -1;
}

void
add_files(struct repo *r, char *const files[], struct buf *rows)
{
	struct stat st;
	int fd;

	for (; *files; files++) {
		fd = open_package(*files, &st);
		if (fd < 0) {
			warn_msg("repository %s: %s is not the name of a package; left out",
			    r->branch, name_of(*files));
			continue;
		}
		if (add(r, fd, *files, &st, rows) < 0)
			repo_failed_sys(r, "%s cannot be moved there", name_of(*files));
		close(fd);
	}
}
