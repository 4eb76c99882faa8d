#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "buf.h"
#include "err.h"
#include "file.h"
#include "inroot.h"
#include "mnt.h"
#include "run/etc.h"
#include "run/slirp.h"

#define FILE_MAX ((size_t)1 << 20)

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
		n = readlinkat(etc, path + sizeof("/etc/") - 1, to, sizeof(to) - 1);
		close_keep(etc);
	}
	if (n <= 0)
		return inroot_make(root, path, 0);
	to[n] = '\0';
	snprintf(full, sizeof(full), "%s%s", *to == '/' ? "" : "/etc/", to);
	return inroot_make(root, full, 0);
}

static int
show(int root, int spare, const char *path, const struct buf *b)
{
	const char *name = path + sizeof("/etc/") - 1;
	int fd, tree, at, r = -1;
	struct stat st;

	fd = openat(spare, name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
	if (fd < 0)
		return -1;
	r = file_write(fd, b->s, b->len);
	close_keep(fd);
	if (r < 0)
		return -1;
	at = place(root, path);
	if (at < 0 && (errno == EROFS || errno == EACCES)) {
		note("no %s: the root is not ours to write", path);
		return 0;
	}
	if (at < 0)
		return -1;
	if (fstat(at, &st) == 0 && S_ISDIR(st.st_mode)) {
		close_keep(at);
		errno = EISDIR;
		return -1;
	}
	tree = mnt_copy(spare, name, AT_SYMLINK_NOFOLLOW, 0);
	r = tree < 0 ? -1 : mnt_attach(tree, at);
	close_keep(tree);
	close_keep(at);
	return r;
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
etc_mount(const struct run *r, int root, int spare, const char **at)
{
	struct buf b = { 0 };
	int ret;

	*at = "/etc/hosts";
	ret = etc_hosts(r, &b);
	if (ret == 0)
		ret = show(root, spare, *at, &b);
	buf_free(&b);
	if (ret < 0 || !r->network)
		return ret;
	*at = "/etc/resolv.conf";
	ret = etc_resolv(r, &b);
	if (ret == 0)
		ret = show(root, spare, *at, &b);
	buf_free(&b);
	return ret;
}
