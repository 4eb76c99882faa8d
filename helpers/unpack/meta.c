#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "file.h"
#include "unpack/meta.h"

mode_t
meta_mode(const struct meta *m, const struct entry *e)
{
	return m->own ? e->mode & 07777 : e->mode & 01777 & ~m->mask;
}

static int
starts(const char *s, const char *with)
{
	return !strncmp(s, with, strlen(with));
}

/* Labels of the host's security modules are the host's affair.  overlay's own
 * attributes would change what a layer made of the tree looks like. */
static int
wanted(const struct meta *m, const char *name)
{
	if (starts(name, "user."))
		return !starts(name, "user.overlay.");
	return m->own && (!strcmp(name, "security.capability") ||
	    (starts(name, "trusted.") && !starts(name, "trusted.overlay.")) ||
	    starts(name, "system.posix_acl_"));
}

/* Whether the file system cannot hold this attribute: it has none of the kind, or,
 * which it calls a full disk too, none so large. */
static int
cannot_hold(int fd, const char *path, const struct xattr *x)
{
	struct statvfs disk;
	int err = errno, room;

	if (!strcmp(x->name, "security.capability"))
		return 0;	/* a program would not work without */
	room = err == ENOSPC && (path ? statvfs(path, &disk) :
	    fstatvfs(fd, &disk)) == 0 && disk.f_bavail > 0;
	errno = err;
	/* In a user namespace, trusted.* is for nobody. */
	return room || err == EOPNOTSUPP ||
	    (err == EPERM && starts(x->name, "trusted."));
}

/* Whether no file system would take it: it is malformed, or for another kind of file. */
static int
is_malformed(const struct xattr *x, const struct entry *e)
{
	return errno == EINVAL || errno == E2BIG || errno == ERANGE ||
	    (errno == EACCES && !strcmp(x->name, "system.posix_acl_default")) ||
	    (errno == EPERM && starts(x->name, "user.") && !strchr("fdh", e->type));
}

static int
set_xattrs(struct meta *m, int fd, const char *path, const struct entry *e)
{
	const struct xattr *x;
	int r;

	for (x = e->xattrs; x < e->xattrs + e->nxattrs; x++) {
		if (!wanted(m, x->name))
			continue;
		r = path ? setxattr(path, x->name, x->value, x->size, 0) :
		    fsetxattr(fd, x->name, x->value, x->size, 0);
		if (r == 0)
			continue;
		if (cannot_hold(fd, path, x)) {
			m->lost++;
			continue;
		}
		if (is_malformed(x, e))
			errno = EBADMSG;
		return -1;
	}
	return 0;
}

/* The access time is left as it is. */
static void
times(const struct entry *e, struct timespec ts[2])
{
	ts[0] = (struct timespec){ .tv_nsec = UTIME_OMIT };
	ts[1] = e->mtime;
	if (ts[1].tv_nsec < 0 || ts[1].tv_nsec > 999999999)
		ts[1].tv_nsec = 0;
}

static int
owned(const struct meta *m, const struct entry *e)
{
	return !m->own || (!m->inherit && e->uid == (int64_t)m->uid &&
	    e->gid == (int64_t)m->gid);
}

int
meta_fd(struct meta *m, int fd, const struct entry *e, int made)
{
	mode_t mode = meta_mode(m, e);
	struct timespec ts[2];

	if (!(made && owned(m, e)) && m->own &&
	    fchown(fd, (uid_t)e->uid, (gid_t)e->gid) < 0)
		return -1;
	if (!(made && mode <= 0777 && !m->inherit) && fchmod(fd, mode) < 0)
		return -1;
	if (set_xattrs(m, fd, NULL, e) < 0)
		return -1;
	times(e, ts);
	return e->has_mtime ? futimens(fd, ts) : 0;
}

/* By way of /proc, since a descriptor that did not open the file itself (which
 * with a device would wake the driver) cannot set attributes. */
static int
xattrs_at(struct meta *m, int dir, const char *name, const struct entry *e)
{
	char path[40];
	int fd, r;

	fd = openat(dir, name, O_PATH | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0)
		return -1;
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	r = set_xattrs(m, -1, path, e);
	close_keep(fd);
	return r;
}

int
meta_at(struct meta *m, int dir, const char *name, const struct entry *e)
{
	mode_t mode = meta_mode(m, e);
	struct timespec ts[2];

	if (!owned(m, e) && fchownat(dir, name, (uid_t)e->uid, (gid_t)e->gid,
	    AT_SYMLINK_NOFOLLOW) < 0)
		return -1;
	/* fchmodat follows; but what is here was made by us just now, and is
	 * no symlink. */
	if (e->type != 'l' && mode > 0777 && fchmodat(dir, name, mode, 0) < 0)
		return -1;
	if (e->nxattrs && xattrs_at(m, dir, name, e) < 0)
		return -1;
	times(e, ts);
	return e->has_mtime ?
	    utimensat(dir, name, ts, AT_SYMLINK_NOFOLLOW) : 0;
}
