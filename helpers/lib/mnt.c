#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <sys/stat.h>
#include <unistd.h>

#include "mnt.h"

static int
close_keep(int fd, int r)
{
	int err = errno;

	close(fd);
	errno = err;
	return r;
}

int
put_fresh(const char *type, unsigned int attr, const char *const *opts)
{
	int fs = fsopen(type, FSOPEN_CLOEXEC);

	if (fs < 0)
		return -1;
	for (; opts && *opts; opts += 2)
		if (fsconfig(fs, FSCONFIG_SET_STRING, opts[0], opts[1], 0) < 0)
			return close_keep(fs, -1);
	if (fsconfig(fs, FSCONFIG_CMD_CREATE, NULL, NULL, 0) < 0)
		return close_keep(fs, -1);
	return close_keep(fs, fsmount(fs, FSMOUNT_CLOEXEC, attr));
}

int
put_on(int fd, int at)
{
	return move_mount(fd, "", at, "",
	    MOVE_MOUNT_F_EMPTY_PATH | MOVE_MOUNT_T_EMPTY_PATH);
}

int
put_copy(int dir, const char *name, unsigned int attr)
{
	struct mount_attr set = { .attr_set = attr, .propagation = MS_PRIVATE };
	int fd;

	fd = open_tree(dir, name, OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC |
	    AT_RECURSIVE | AT_SYMLINK_NOFOLLOW | AT_EMPTY_PATH);
	if (fd >= 0 && mount_setattr(fd, "", AT_EMPTY_PATH | AT_RECURSIVE, &set,
	    sizeof(set)) < 0)
		return close_keep(fd, -1);
	return fd;
}

int
put_bind(int from, const char *src, int to, const char *dst, unsigned int attr)
{
	int fd, at, r = -1;

	at = openat(to, dst, O_PATH | O_NOFOLLOW | O_CLOEXEC);
	if (at < 0)
		return -1;
	fd = put_copy(from, src, attr);
	if (fd >= 0)
		r = close_keep(fd, put_on(fd, at));
	return close_keep(at, r);
}

int
put_dir(int dir, const char *name)
{
	if (mkdirat(dir, name, 0755) < 0 && errno != EEXIST && errno != EROFS)
		return -1;
	return openat(dir, name, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
}
