#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <sys/stat.h>
#include <unistd.h>

#include "file.h"
#include "mnt.h"

int
put_fresh(const char *type, unsigned int attr, const char *const *opts)
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
	    sizeof(set)) < 0) {
		close_keep(fd);
		return -1;
	}
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
		r = put_on(fd, at);
	close_keep(fd);
	close_keep(at);
	return r;
}

int
put_dir(int dir, const char *name)
{
	if (mkdirat(dir, name, 0755) < 0 && errno != EEXIST && errno != EROFS)
		return -1;
	return openat(dir, name, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
}
