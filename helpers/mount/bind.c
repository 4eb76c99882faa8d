#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include "inroot.h"
#include "mount/bind.h"

/* The next field of *s, up to a ":" that is skipped or the end, where *s
 * becomes NULL. */
static char *
field(const char **s)
{
	const char *p = *s;
	char *f = malloc(strlen(p) + 1), *to = f;

	if (!f)
		return NULL;
	for (; *p && *p != ':'; p++) {
		if (*p == '\\' && *++p != ':' && *p != '\\') {
			free(f);
			errno = EINVAL;
			return NULL;
		}
		*to++ = *p;
	}
	*to = '\0';
	*s = *p ? p + 1 : NULL;
	return f;
}

struct bind *
bind_parse(const char *s)
{
	struct bind *b = calloc(1, sizeof(*b));

	if (!b)
		return NULL;
	b->fd = -1;
	b->src = field(&s);
	if (b->src && s)
		b->dst = field(&s);
	if (b->src && b->dst && *b->src && *b->dst && (!s || !strcmp(s, "ro"))) {
		b->ro = s != NULL;
		return b;
	}
	free(b->src);
	free(b->dst);
	free(b);
	errno = EINVAL;
	return NULL;
}

int
bind_take(struct bind *b)
{
	struct mount_attr attr = {
		.attr_set = b->ro ? MOUNT_ATTR_RDONLY : 0,
		.propagation = MS_PRIVATE,
	};

	b->fd = open_tree(AT_FDCWD, b->src,
	    OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | AT_RECURSIVE);
	if (b->fd < 0)
		return -1;
	return mount_setattr(b->fd, "", AT_EMPTY_PATH | AT_RECURSIVE, &attr,
	    sizeof(attr));
}

static int
same(const struct stat *a, const struct stat *b)
{
	return a->st_dev == b->st_dev && a->st_ino == b->st_ino;
}

int
bind_put(struct bind *b, int root)
{
	struct stat src, dst, top;
	int at, r = -1, err;

	if (fstat(b->fd, &src) < 0 || fstat(root, &top) < 0)
		return -1;
	at = inroot_make(root, b->dst, S_ISDIR(src.st_mode));
	if (at < 0)
		return -1;
	if (fstat(at, &dst) == 0) {
		if (same(&dst, &top))
			errno = EBUSY;
		else
			r = move_mount(b->fd, "", at, "",
			    MOVE_MOUNT_F_EMPTY_PATH | MOVE_MOUNT_T_EMPTY_PATH);
	}
	err = errno;
	close(at);
	close(b->fd);
	b->fd = -1;
	errno = err;
	return r;
}
