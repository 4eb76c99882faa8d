#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "file.h"
#include "unpack/tree.h"

static int
refuse(struct tree *t, const char *why)
{
	t->why = why;
	errno = EBADMSG;
	return -1;
}

/* What meta.h and fixup.h return, passed on with the reason told. */
static int
told(struct tree *t, int r)
{
	return r < 0 && errno == EBADMSG ?
	    refuse(t, "malformed ACL or extended attribute") : r;
}

/* 1 when nothing is in the folder, 0, or -1 with errno. */
static int
empty(int fd)
{
	int copy = openat(fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC), r = 1;
	struct dirent *d;
	DIR *dir = copy < 0 ? NULL : fdopendir(copy);

	if (!dir)
		return -1;
	while (r == 1 && (d = readdir(dir)))
		r = !strcmp(d->d_name, ".") || !strcmp(d->d_name, "..");
	closedir(dir);
	return r;
}

/* Nothing of the place where it stands is to be inherited by the tree. */
static int
make_plain(int fd)
{
	struct stat st;

	if (fremovexattr(fd, "system.posix_acl_default") < 0 &&
	    errno != ENODATA && errno != EOPNOTSUPP)
		return -1;
	if (fstat(fd, &st) < 0)
		return -1;
	return st.st_mode & S_ISGID ? fchmod(fd, st.st_mode & 01777) : 0;
}

int
tree_open(struct tree *t, const char *dir)
{
	struct stat st;
	int r;

	t->meta.mask = umask(0);
	t->meta.uid = geteuid();
	t->meta.gid = getegid();
	t->file = -1;
	if (mkdir(dir, t->meta.own ? 0755 : 0777 & ~t->meta.mask) < 0 && errno != EEXIST)
		return -1;
	t->fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (t->fd < 0)
		return -1;
	t->walk.root = t->from.root = t->fd;
	r = empty(t->fd);
	if (r == 0)
		errno = ENOTEMPTY;
	if (r <= 0 || make_plain(t->fd) < 0 || fstat(t->fd, &st) < 0)
		return -1;
	/* A file system may give new files their folder's group. */
	t->meta.inherit = st.st_gid != t->meta.gid;
	return 0;
}

/* Room for the entry's names. */
static int
reserve(struct tree *t, const struct entry *e)
{
	size_t a = strlen(e->path), b = e->link ? strlen(e->link) : 0;
	size_t room = (a > b ? a : b) + 1;
	char *p;

	if (room <= t->room)
		return 0;
	if (!(p = realloc(t->name, room)))
		return -1;
	t->name = p;
	if (!(p = realloc(t->link, room)))
		return -1;
	t->link = p;
	t->room = room;
	return 0;
}

int
tree_admit(struct tree *t, const struct entry *e)
{
	if (t->max_entries && ++t->entries > t->max_entries)
		return refuse(t, "one entry more than --max-entries allows");
	if (reserve(t, e) < 0 || walk_clean(e->path, t->name, &t->why) < 0)
		return -1;
	if (!*t->name && e->type != 'd')
		return refuse(t, "the folder itself, but not as a folder");
	if (e->type == 'h') {
		if (walk_clean(e->link, t->link, &t->why) == 0 && *t->link)
			return 0;
		return refuse(t, "hard link to something outside");
	}
	if (e->type == 'l' && !*e->link)
		return refuse(t, "symlink to nothing");
	if (e->type == '?')
		return refuse(t, "neither file, folder, link, fifo nor device");
	if ((e->type == 'b' || e->type == 'c') && !t->devices)
		return refuse(t, "device node, and no --devices");
	/* -1 would mean "leave the owner as it is", which is us. */
	if (e->uid < 0 || e->uid >= UINT32_MAX ||
	    e->gid < 0 || e->gid >= UINT32_MAX)
		return refuse(t, "owner out of range");
	return 0;
}

/* Opens the folder that the clean path lies in; *base is the rest. */
static int
parent(struct tree *t, struct walk *w, const char *path, mode_t make,
    const char **base)
{
	const char *slash = strrchr(path, '/');
	int fd;

	*base = slash ? slash + 1 : path;
	fd = walk_to(w, path, slash ? (size_t)(slash - path) : 0, make);
	if (fd < 0 && errno == ENOTDIR)
		return refuse(t, "path through a symlink or something else "
		    "that is not a folder");
	if (fd < 0 && errno == EMLINK)
		return refuse(t, "too many folders within one another");
	return fd;
}

/* Removes what an entry of the same name left. */
static int
vacate(struct tree *t, int dir, const char *base)
{
	struct stat st;

	if (fstatat(dir, base, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return -1;
	if (!S_ISDIR(st.st_mode))
		return unlinkat(dir, base, 0);
	if (unlinkat(dir, base, AT_REMOVEDIR) < 0)
		return errno == ENOTEMPTY || errno == EEXIST ? refuse(t,
		    "would replace a folder that is not empty") : -1;
	walk_reset(&t->from);
	return fixup_note(&t->folders, t->name, NULL);
}

static void
rewind_file(struct tree *t)
{
	t->pos = t->end = t->got = 0;
}

static int
add_file(struct tree *t, int dir, const char *base, const struct entry *e)
{
	int flags = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC;
	mode_t mode = meta_mode(&t->meta, e) & 0777;

	rewind_file(t);
	t->file = openat(dir, base, flags, mode);
	if (t->file < 0 && errno == EEXIST && vacate(t, dir, base) == 0)
		t->file = openat(dir, base, flags, mode);
	return t->file < 0 ? -1 : 0;
}

static int
add_dir(struct tree *t, int dir, const char *base, const struct entry *e)
{
	struct stat st;

	if (*t->name && mkdirat(dir, base, 0700) < 0) {
		if (errno != EEXIST ||
		    fstatat(dir, base, &st, AT_SYMLINK_NOFOLLOW) < 0)
			return -1;
		if (!S_ISDIR(st.st_mode) && (unlinkat(dir, base, 0) < 0 ||
		    mkdirat(dir, base, 0700) < 0))
			return -1;
	}
	return fixup_note(&t->folders, t->name, e);
}

/* Symlinks, fifos, devices. */
static int
make_node(struct tree *t, int dir, const char *base, const struct entry *e)
{
	mode_t type = e->type == 'p' ? S_IFIFO : e->type == 'c' ? S_IFCHR :
	    S_IFBLK;

	if (e->type == 'l')
		return symlinkat(e->link, dir, base);
	if (mknodat(dir, base, type | (meta_mode(&t->meta, e) & 0777), e->rdev) == 0)
		return 0;
	return errno == EINVAL ? refuse(t, "device number out of range") : -1;
}

/* Whether this is a device that we lack the capability to make, as a container does.
 * Everybody can make 0:0, with which a layer hides a file. */
static int
no_node(const struct entry *e)
{
	return errno == EPERM && (e->type == 'b' || (e->type == 'c' && e->rdev));
}

static int
add_node(struct tree *t, int dir, const char *base, const struct entry *e)
{
	int r = make_node(t, dir, base, e);

	if (r < 0 && errno == EEXIST && (r = vacate(t, dir, base)) == 0)
		r = make_node(t, dir, base, e);
	if (r < 0 && no_node(e)) {
		t->no_nodes++;
		return 0;
	}
	if (r < 0)
		return -1;
	return told(t, meta_at(&t->meta, dir, base, e));
}

/* Some formats (newc cpio) keep the contents with the last of the links. */
static int
open_link(struct tree *t, int dir, const char *base)
{
	rewind_file(t);
	t->file = openat(dir, base, O_WRONLY | O_TRUNC | O_NOFOLLOW | O_CLOEXEC);
	return t->file < 0 ? -1 : 0;
}

static int
add_link(struct tree *t, int dir, const char *base, const struct entry *e)
{
	struct stat st, old;
	const char *name;
	int from = parent(t, &t->from, t->link, 0, &name);

	if (from >= 0 && fstatat(from, name, &st, AT_SYMLINK_NOFOLLOW) < 0)
		from = -1;
	if (from < 0)
		return errno == ENOENT ?
		    refuse(t, "hard link to something that is not there") : -1;
	if (S_ISLNK(st.st_mode) || S_ISDIR(st.st_mode))
		return refuse(t, "hard link to a symlink or a folder");
	if (linkat(from, name, dir, base, 0) < 0) {
		if (errno != EEXIST ||
		    fstatat(dir, base, &old, AT_SYMLINK_NOFOLLOW) < 0)
			return -1;
		if ((old.st_dev != st.st_dev || old.st_ino != st.st_ino) &&
		    (vacate(t, dir, base) < 0 ||
		    linkat(from, name, dir, base, 0) < 0))
			return -1;
	}
	return e->size > 0 && S_ISREG(st.st_mode) ? open_link(t, dir, base) : 0;
}

int
tree_add(struct tree *t, const struct entry *e)
{
	const char *base;
	int dir;

	if (tree_admit(t, e) < 0)
		return -1;
	dir = parent(t, &t->walk, t->name, t->meta.own ? 0755 : 0777 & ~t->meta.mask,
	    &base);
	if (dir < 0)
		return -1;
	switch (e->type) {
	case 'f':
		return add_file(t, dir, base, e);
	case 'd':
		return add_dir(t, dir, base, e);
	case 'h':
		return add_link(t, dir, base, e);
	default:
		return add_node(t, dir, base, e);
	}
}

/* Where a file cannot be as large as an archive says, it is the archive that is wrong. */
static int
too_large(struct tree *t)
{
	return errno == EFBIG || errno == EINVAL ?
	    refuse(t, "larger than a file can be here") : -1;
}

/* A piece of a file lies behind those before it, and within the size.  stored is known
 * of formats that have maps of holes. */
static int
check_piece(struct tree *t, const struct entry *e, size_t len, int64_t at)
{
	if (e->stored < 0)
		return 0;
	if (at < t->end || at > e->size || (int64_t)len > e->size - at)
		return refuse(t, "map of holes that contradicts itself");
	t->got += (int64_t)len;
	return 0;
}

int
tree_data(struct tree *t, const struct entry *e, const void *p, size_t len, int64_t at)
{
	const char *s = p;
	ssize_t n;

	if (!len)
		return 0;
	if (t->file < 0)
		return refuse(t, "contents where there can be none");
	if (check_piece(t, e, len, at) < 0)
		return -1;
	t->size += len;
	if (t->max_size && t->size > t->max_size)
		return refuse(t, "more bytes than --max-size allows");
	for (; len; s += n, at += n, len -= (size_t)n) {
		n = at == t->pos ? write(t->file, s, len) :
		    pwrite(t->file, s, len, at);
		if (n < 0 && errno == EINTR)
			n = 0;
		if (n < 0)
			return too_large(t);
		if (at == t->pos)
			t->pos += n;
		if (t->end < at + n)
			t->end = at + n;
	}
	return 0;
}

int
tree_done(struct tree *t, const struct entry *e)
{
	int fd = t->file, r = 0;

	if (fd < 0)
		return 0;
	t->file = -1;
	if (e->stored >= 0 && t->got != e->stored)
		r = refuse(t, "map of holes that wants other contents");
	else if (e->size > t->end && ftruncate(fd, e->size) < 0)
		r = too_large(t);
	if (r == 0)
		r = told(t, meta_fd(&t->meta, fd, e, e->type == 'f'));
	if (r == 0)
		return close(fd);
	close_keep(fd);
	return -1;
}

int
tree_finish(struct tree *t, const char **path)
{
	return told(t, fixup_apply(&t->folders, &t->walk, &t->meta, path));
}

void
tree_free(struct tree *t)
{
	fixup_free(&t->folders);
	walk_free(&t->walk);
	walk_free(&t->from);
	free(t->name);
	free(t->link);
}
