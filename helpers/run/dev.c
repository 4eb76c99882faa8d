#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "file.h"
#include "mnt.h"
#include "run/dev.h"

static const struct node {
	const char *name;
	unsigned int major, minor;
} nodes[] = {
	{ "null", 1, 3 },
	{ "zero", 1, 5 },
	{ "full", 1, 7 },
	{ "random", 1, 8 },
	{ "urandom", 1, 9 },
	{ "tty", 5, 0 },
	/* Makes nothing happen when it is opened.  Scripts that would fill /dev, as
	 * makedev's does when it is installed, take it for the sign that it is looked
	 * after. */
	{ ".devfsd", 0, 0 },
};

static const char *const links[][2] = {
	{ "fd", "/proc/self/fd" },
	{ "stdin", "/proc/self/fd/0" },
	{ "stdout", "/proc/self/fd/1" },
	{ "stderr", "/proc/self/fd/2" },
	{ "ptmx", "pts/ptmx" },
};

/* The host's node, where we may not make one.  Read-only, which for a device
 * means its inode: a chmod of /dev/null in here must not reach the host. */
static int
node_borrow(int dev, const struct node *n)
{
	char path[32];
	struct stat st;
	int fd;

	snprintf(path, sizeof(path), "/dev/%s", n->name);
	if (stat(path, &st) < 0)
		return -1;
	if (!S_ISCHR(st.st_mode) || st.st_rdev != makedev(n->major, n->minor)) {
		errno = ENODEV;
		return -1;
	}
	fd = openat(dev, n->name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
	if (fd < 0)
		return -1;
	close_keep(fd);
	return mnt_bind(AT_FDCWD, path, dev, n->name, MOUNT_ATTR_RDONLY);
}

static int
node_make(int dev, const struct node *n)
{
	if (mknodat(dev, n->name, S_IFCHR | 0666, makedev(n->major, n->minor)) == 0)
		return 0;
	return errno == EPERM ? node_borrow(dev, n) : -1;
}

static int
fs_in(int dev, const char *name, int fs)
{
	int at, r;

	if (fs < 0)
		return -1;
	at = mnt_dir(dev, name);
	r = at < 0 ? -1 : mnt_attach(fs, at);
	close_keep(fs);
	close_keep(at);
	return r;
}

/* Group 5 is tty on every Linux; a user namespace of one id has no 5. */
static int
pts(unsigned int first)
{
	unsigned int attr = MOUNT_ATTR_NOSUID | MOUNT_ATTR_NOEXEC;
	char tty[16];
	int fd;

	snprintf(tty, sizeof(tty), "%u", first + 5);

	fd = mnt_new("devpts", attr,
	    MNT_OPTS("ptmxmode", "0666", "mode", "0620", "gid", tty));
	if (fd < 0 && errno == EINVAL)
		fd = mnt_new("devpts", attr, MNT_OPTS("ptmxmode", "0666", "mode", "0620"));
	return fd;
}

int
dev_mount(int at, unsigned int first)
{
	int dev = mnt_new("tmpfs", MOUNT_ATTR_NOSUID,
	    MNT_OPTS("mode", "0755", "size", "4m", "nr_inodes", "4k"));
	size_t i;

	if (dev < 0 || mnt_attach(dev, at) < 0)
		return -1;
	for (i = 0; i < sizeof(nodes) / sizeof(*nodes); i++)
		if (node_make(dev, &nodes[i]) < 0)
			return -1;
	for (i = 0; i < sizeof(links) / sizeof(*links); i++)
		if (symlinkat(links[i][1], dev, links[i][0]) < 0)
			return -1;
	if (fs_in(dev, "shm", mnt_new("tmpfs", NOSUID_NODEV,
	    MNT_OPTS("mode", "1777", "size", "25%", "nr_inodes", "256k"))) < 0 ||
	    fs_in(dev, "pts", pts(first)) < 0)
		return -1;
	return dev;
}
