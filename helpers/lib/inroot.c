#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "file.h"
#include "inroot.h"

int
inroot_open(int root, const char *path, int flags)
{
	struct open_how how = {
		.flags = (unsigned int)flags | O_CLOEXEC,
		.resolve = RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS,
	};

	return (int)syscall(SYS_openat2, root, path, &how, sizeof(how));
}

static int
make_at(int parent, const char *name, int dir)
{
	int fd;

	if (dir)
		return mkdirat(parent, name, 0755);
	fd = openat(parent, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW |
	    O_CLOEXEC, 0644);
	return fd < 0 ? -1 : close(fd);
}

/* One component after the other, each looked up from root, so that ".." and
 * links mean what they mean inside. */
static int
make_walk(int root, char *path, int dir)
{
	char *p = path, *end;
	int fd, parent = root, last;

	for (;;) {
		p += strspn(p, "/");
		end = p + strcspn(p, "/");
		last = end[strspn(end, "/")] == '\0';
		*end = '\0';
		fd = inroot_open(root, path, O_PATH);
		if (fd < 0 && errno == ENOENT) {
			if (make_at(parent, p, dir || !last) == 0)
				fd = inroot_open(root, path, O_PATH);
			else if (errno == EEXIST)
				errno = ENOENT; /* a link that dangles */
		}
		if (parent != root)
			close_keep(parent);
		if (fd < 0 || last)
			return fd;
		*end = '/';
		p = end + 1;
		parent = fd;
	}
}

int
inroot_make(int root, const char *path, int dir)
{
	mode_t mask;
	char *copy;
	int fd, err;

	fd = inroot_open(root, path, O_PATH);
	if (fd >= 0 || errno != ENOENT)
		return fd;
	copy = strdup(path);
	if (!copy)
		return -1;
	mask = umask(022);
	fd = make_walk(root, copy, dir);
	err = errno;
	umask(mask);
	free(copy);
	errno = err;
	return fd;
}
