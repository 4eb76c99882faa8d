#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "file.h"
#include "inroot.h"
#include "mnt.h"
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

int
bind_parse(struct bind *b, const char *s)
{
	*b = (struct bind){ .fd = -1, .src = field(&s) };
	if (b->src && s)
		b->dst = field(&s);
	if (b->src && b->dst && *b->src && *b->dst && (!s || !strcmp(s, "ro"))) {
		b->ro = s != NULL;
		return 0;
	}
	free(b->src);
	free(b->dst);
	errno = EINVAL;
	return -1;
}

int
bind_copy(struct bind *b, int user)
{
	unsigned int attr = NOSUID_NODEV | (b->ro ? MOUNT_ATTR_RDONLY : 0);

	close_keep(b->fd);
	b->fd = mnt_copy_as(AT_FDCWD, b->src, AT_RECURSIVE, attr, user);
	if (b->fd < 0 && errno == EINVAL && user >= 0 && b->ro)
		b->fd = mnt_copy(AT_FDCWD, b->src, AT_RECURSIVE, attr);
	return b->fd < 0 ? -1 : 0;
}

static int
same(const struct stat *a, const struct stat *b)
{
	return a->st_dev == b->st_dev && a->st_ino == b->st_ino;
}

int
bind_attach(struct bind *b, int root)
{
	struct stat src, dst, top;
	int at, r = -1;

	if (fstat(b->fd, &src) < 0 || fstat(root, &top) < 0)
		return -1;
	at = inroot_make(root, b->dst, S_ISDIR(src.st_mode));
	if (at < 0)
		return -1;
	if (fstat(at, &dst) == 0) {
		if (same(&dst, &top))
			errno = EBUSY;
		else
			r = mnt_attach(b->fd, at);
	}
	close_keep(at);
	close_keep(b->fd);
	b->fd = -1;
	return r;
}
