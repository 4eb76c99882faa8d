#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "file.h"
#include "mnt.h"
#include "run/dev.h"
#include "run/etc.h"
#include "run/fs.h"
#include "run/procfs.h"

#define TMP_SIZE "25%"

/* The root, with what the caller mounted in it, as a mount of our own; its
 * device nodes are dead, as whoever made the image made them.  Beneath it, at
 * the same place and so gone from sight with the caller's world, a tmpfs for
 * what we show in it: *spare. */
static int
root_take(const char *path, int *spare)
{
	int root, at, r = -1;

	at = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (at < 0)
		return -1;
	root = mnt_copy(at, "", AT_RECURSIVE, MOUNT_ATTR_NODEV);
	*spare = mnt_new("tmpfs", NOSUID_NODEV_NOEXEC,
	    MNT_OPTS("mode", "0755", "size", "4m", "nr_inodes", "64"));
	if (root >= 0 && *spare >= 0 && mnt_attach(*spare, at) == 0)
		r = mnt_attach(root, at);
	close_keep(at);
	return r < 0 ? -1 : root;
}

/* Something is mounted there: the caller's bind, which stays. */
static int
taken(int fd)
{
	struct statx st;

	return statx(fd, "", AT_EMPTY_PATH, 0, &st) == 0 &&
	    (st.stx_attributes & STATX_ATTR_MOUNT_ROOT);
}

/* Of the machine's memory at most size, a part or a number.  A file that is empty takes
 * memory, too, so there is an end to their number.  Returns 1 when it is ours, 0 when it is
 * the caller's. */
static int
scratch(int root, const char *name, const char *mode, const char *size)
{
	int at = mnt_dir(root, name), fs, r = 0, mine;

	if (at < 0)
		return -1;
	mine = !taken(at);
	if (mine) {
		fs = mnt_new("tmpfs", NOSUID_NODEV,
		    MNT_OPTS("mode", mode, "size", size, "nr_inodes", "256k"));
		r = fs < 0 ? -1 : mnt_attach(fs, at);
		close_keep(fs);
	}
	close_keep(at);
	return r < 0 ? -1 : mine;
}

/* A mount of its own, so that df(1) tells of it. */
int
fs_own_tmp(int root)
{
	struct stat st;
	int at, tree, r = 0;

	if (mkdirat(root, "tmp", 01777) < 0 && errno != EEXIST)
		return -1;
	at = openat(root, "tmp", O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (at < 0 || fstat(at, &st) < 0)
		return -1;
	if (taken(at)) {
		close_keep(at);
		return 0;
	}
	if ((st.st_mode & 07777) != 01777)
		r = fchmod(at, 01777);
	if (r == 0) {
		tree = mnt_copy(at, "", 0, NOSUID_NODEV);
		r = tree < 0 ? -1 : mnt_attach(tree, at);
		close_keep(tree);
	}
	close_keep(at);
	return r;
}

static int
tmp(const struct run *r, int root)
{
	const char *size = r->tmp ? r->tmp : TMP_SIZE;

	if (strcmp(size, "root"))
		return scratch(root, "tmp", "1777", size);
	if (fs_own_tmp(root) == 0)
		return 0;
	return errno == EROFS ? scratch(root, "tmp", "1777", TMP_SIZE) : -1;
}

static int
mount_proc(const struct fs *fs)
{
	int null = openat(fs->dev, "null", O_PATH | O_CLOEXEC);
	int proc = null < 0 ? -1 : mnt_dir(fs->root, "proc");

	return proc < 0 ? -1 : procfs_mount(proc, null, fs->empty);
}

/* Descriptors are left to the close_range(2) of the caller: all of this
 * happens once, in a process that comes to nothing when it fails. */
int
fs_make(struct fs *fs, const struct run *r, const char **at)
{
	int dev;

	*at = "/";
	if (mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0)
		return -1;
	fs->root = root_take(r->root, &fs->spare);
	if (fs->root < 0)
		return -1;
	*at = "/dev";
	dev = mnt_dir(fs->root, "dev");
	if (dev < 0 || (fs->dev = dev_mount(dev, r->first)) < 0 ||
	    (fs->empty = mnt_dir(fs->spare, "empty")) < 0)
		return -1;
	*at = "/proc";
	if (mount_proc(fs) < 0)
		return -1;
	*at = "/run";
	fs->own_run = scratch(fs->root, "run", "0755", "10%");
	if (fs->own_run < 0)
		return -1;
	if (mkdirat(fs->root, "run/lock", 01777) < 0 && errno != EEXIST &&
	    errno != EROFS)
		return -1;
	*at = "/tmp";
	if (tmp(r, fs->root) < 0)
		return -1;
	return etc_show(r, fs, at);
}

int
fs_enter(const struct fs *fs, const char **at)
{
	int sys;

	*at = "/sys";
	sys = mnt_dir(fs->root, "sys");
	if (sys < 0 || procfs_mount_sys(sys, fs->empty) < 0)
		return -1;
	*at = "/";
	if (fchdir(fs->root) < 0 || syscall(SYS_pivot_root, ".", ".") < 0 ||
	    umount2(".", MNT_DETACH) < 0)
		return -1;
	return chdir("/");
}
