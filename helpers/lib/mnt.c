#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <sys/stat.h>
#include <unistd.h>

#include "file.h"
#include "mnt.h"

int
mnt_new(const char *type, unsigned int attr, const char *const *opts)
{
	int fs = fsopen(type, FSOPEN_CLOEXEC), fd = -1, r = 0;

	if (fs < 0)
		return -1;
	for (; r == 0 && opts && *opts; opts += 2)
		r = fsconfig(fs, FSCONFIG_SET_STRING, opts[0], opts[1], 0);
	if (r == 0)
		r = fsconfig(fs, FSCONFIG_CMD_CREATE, NULL, NULL, 0);
	if (r == 0)
		fd = fsmount(fs, FSMOUNT_CLOEXEC, attr);
	close_keep(fs);
	return fd;
}

int
mnt_attach(int fd, int at)
{
	return move_mount(fd, "", at, "",
	    MOVE_MOUNT_F_EMPTY_PATH | MOVE_MOUNT_T_EMPTY_PATH);
}

int
mnt_copy(int dir, const char *name, unsigned int how, unsigned int attr)
{
	return mnt_copy_as(dir, name, how, attr, -1);
}

int
mnt_copy_as(int dir, const char *name, unsigned int how, unsigned int attr, int user)
{
	struct mount_attr set = { .attr_set = attr, .propagation = MS_PRIVATE };
	int fd;

	if (user >= 0) {
		set.attr_set |= MOUNT_ATTR_IDMAP;
		set.userns_fd = (unsigned int)user;
	}

	fd = open_tree(dir, name, OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC |
	    AT_EMPTY_PATH | how);
	if (fd >= 0 && mount_setattr(fd, "", AT_EMPTY_PATH | (how & AT_RECURSIVE),
	    &set, sizeof(set)) < 0) {
		close_keep(fd);
		return -1;
	}
	return fd;
}

int
mnt_bind(int from, const char *src, int to, const char *dst, unsigned int attr)
{
	int fd, at, r = -1;

	at = openat(to, dst, O_PATH | O_NOFOLLOW | O_CLOEXEC);
	if (at < 0)
		return -1;
	fd = mnt_copy(from, src, AT_RECURSIVE | AT_SYMLINK_NOFOLLOW, attr);
	if (fd >= 0)
		r = mnt_attach(fd, at);
	close_keep(fd);
	close_keep(at);
	return r;
}

int
mnt_dir(int dir, const char *name)
{
	if (mkdirat(dir, name, 0755) < 0 && errno != EEXIST && errno != EROFS)
		return -1;
	return openat(dir, name, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
}
