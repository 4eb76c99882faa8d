#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/magic.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "buf.h"
#include "err.h"
#include "file.h"
#include "inroot.h"
#include "mnt.h"
#include "run/etc.h"
#include "run/slirp.h"

#define FILE_MAX ((size_t)1 << 20)

static const char *
base(const char *path)
{
	return path + sizeof("/etc/") - 1;
}

/* The folder /etc of root, when it is the overlay's own and not something that is
 * bound into it, which would be the host's; else -1. */
static int
own_folder(int root)
{
	struct stat top, st;
	struct statfs fs;
	int etc = inroot_open(root, "/etc", O_RDONLY | O_DIRECTORY);

	if (etc < 0)
		return -1;
	if (fstat(root, &top) == 0 && fstat(etc, &st) == 0 && st.st_dev == top.st_dev &&
	    fstatfs(etc, &fs) == 0 && fs.f_type == OVERLAYFS_SUPER_MAGIC)
		return etc;
	close_keep(etc);
	return -1;
}

/* Whether name of the folder etc can be a file of ours.  A link stays, as whoever made
 * it counts on it. */
static int
replaceable(int etc, const char *name)
{
	struct stat st;

	if (faccessat(etc, ".", W_OK, 0) < 0)
		return 0;
	return fstatat(etc, name, &st, AT_SYMLINK_NOFOLLOW) < 0 ? errno == ENOENT :
	    S_ISREG(st.st_mode);
}

static int
write_new(int dir, const char *name, const struct buf *b)
{
	int fd = openat(dir, name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644), r;

	if (fd < 0)
		return -1;
	r = file_write(fd, b->s ? b->s : "", b->len);
	close_keep(fd);
	return r;
}

/* Returns 1 when path is a file now that holds b, 0 when it cannot be one. */
static int
write_own(int root, const char *path, const struct buf *b)
{
	int etc = own_folder(root), r = 0;

	if (etc < 0)
		return 0;
	if (replaceable(etc, base(path))) {
		r = unlinkat(etc, base(path), 0);
		if (r == 0 || errno == ENOENT)
			r = write_new(etc, base(path), b) < 0 ? -1 : 1;
		else if (errno == EBUSY || errno == EROFS)
			r = 0;	/* mounted there by the caller */
	}
	close_keep(etc);
	return r;
}

/* path as seen inside, made if it is missing.  A link may dangle, as the one
 * to /run that systemd-resolved leaves: then what it names is made. */
static int
place(int root, const char *path)
{
	char to[PATH_MAX], full[PATH_MAX + 8];
	int fd, etc;
	ssize_t n = -1;

	fd = inroot_open(root, path, O_PATH);
	if (fd >= 0 || errno != ENOENT)
		return fd;
	etc = inroot_open(root, "/etc", O_PATH | O_DIRECTORY);
	if (etc >= 0) {
		n = readlinkat(etc, base(path), to, sizeof(to) - 1);
		close_keep(etc);
	}
	if (n <= 0)
		return inroot_make(root, path, 0);
	to[n] = '\0';
	snprintf(full, sizeof(full), "%s%s", *to == '/' ? "" : "/etc/", to);
	return inroot_make(root, full, 0);
}

/* What a link to /run names, in the folder there that is ours and empty, is a file; what
 * the container puts in its place goes with the container. */
static int
write_run(int root, int at, const struct buf *b)
{
	struct stat run, st;
	char path[32];
	int fd, r;

	if (fstatat(root, "run", &run, AT_SYMLINK_NOFOLLOW) < 0 || fstat(at, &st) < 0 ||
	    run.st_dev != st.st_dev || !S_ISREG(st.st_mode) || st.st_size)
		return 0;
	snprintf(path, sizeof(path), "/proc/self/fd/%d", at);
	fd = open(path, O_WRONLY | O_CLOEXEC);
	r = fd < 0 ? -1 : file_write(fd, b->s ? b->s : "", b->len);
	close_keep(fd);
	return r < 0 ? -1 : 1;
}

/* Mounts b, by way of the folder spare, at what at is. */
static int
mount_file(int spare, const char *name, const struct buf *b, int at)
{
	struct stat st;
	int tree, r;

	if (fstat(at, &st) == 0 && S_ISDIR(st.st_mode)) {
		errno = EISDIR;
		return -1;
	}
	if (write_new(spare, name, b) < 0)
		return -1;
	tree = mnt_copy(spare, name, AT_SYMLINK_NOFOLLOW, 0);
	r = tree < 0 ? -1 : mnt_attach(tree, at);
	close_keep(tree);
	return r;
}

static int
show(const struct fs *fs, const char *path, const struct buf *b)
{
	int at, r = write_own(fs->root, path, b);

	if (r != 0)
		return r < 0 ? -1 : 0;
	at = place(fs->root, path);
	if (at < 0 && (errno == EROFS || errno == EACCES)) {
		note("no %s: the root is not ours to write", path);
		return 0;
	}
	if (at < 0)
		return -1;
	r = fs->own_run ? write_run(fs->root, at, b) : 0;
	if (r == 0)
		r = mount_file(fs->spare, base(path), b, at);
	close_keep(at);
	return r < 0 ? -1 : 0;
}

/* Adds what the host has at path, if it has anything. */
static int
host(struct buf *b, const char *path)
{
	int fd = open(path, O_RDONLY | O_NOCTTY | O_CLOEXEC), r;

	if (fd < 0)
		return errno == ENOENT ? 0 : -1;
	r = buf_read(b, fd, FILE_MAX);
	close_keep(fd);
	return r;
}

int
etc_hosts(const struct run *r, struct buf *b)
{
	if (buf_printf(b, "127.0.0.1 localhost\n"
	    "::1 localhost ip6-localhost ip6-loopback\n"
	    "127.0.1.1 %s\n", r->hostname) < 0)
		return -1;
	return r->network ? host(b, "/etc/hosts") : 0;
}

int
etc_resolv(const struct run *r, struct buf *b)
{
	return r->network == NET_PRIVATE ? slirp_resolv(b) : host(b, "/etc/resolv.conf");
}

int
etc_show(const struct run *r, const struct fs *fs, const char **at)
{
	struct buf b = { 0 };
	int ret;

	*at = "/etc/hosts";
	ret = etc_hosts(r, &b);
	if (ret == 0)
		ret = show(fs, *at, &b);
	buf_free(&b);
	if (ret < 0 || !r->network)
		return ret;
	*at = "/etc/resolv.conf";
	ret = etc_resolv(r, &b);
	if (ret == 0)
		ret = show(fs, *at, &b);
	buf_free(&b);
	return ret;
}

int
etc_write(int root, const char *path, const struct buf *b)
{
	return write_own(root, path, b);
}

int
etc_is_file(const char *root, const char *path)
{
	int at = open(root, O_PATH | O_DIRECTORY | O_CLOEXEC), etc, r = 0;

	etc = at < 0 ? -1 : own_folder(at);
	if (etc >= 0)
		r = replaceable(etc, base(path));
	close_keep(etc);
	close_keep(at);
	return r;
}
