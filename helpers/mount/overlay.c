#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "buf.h"
#include "file.h"
#include "mnt.h"
#include "mount/idmap.h"
#include "mount/overlay.h"
#include "ns.h"

/* fsconfig(2) takes no longer string, its NUL included. */
#define STRING_MAX 256

/* Distributions differ in these defaults, so all are said.  A layer must be
 * good as a lower in any other stack, so nothing in it may point to another
 * layer: no redirects.  rename(2) of a folder that a lower has is EXDEV, then,
 * which mv(1) and dpkg(1) take for the order to copy. */
static const char *const fixed[][2] = {
	{ "index", "off" },
	{ "metacopy", "off" },
	{ "redirect_dir", "nofollow" },
	{ "xino", "off" },
};
#define FIXED (sizeof(fixed) / sizeof(*fixed))

/* The folders of one mount, open: lowers, then upper and work if there. */
struct dirs {
	size_t n;
	int *fd;
	const char **path;
};

static void
dirs_close(struct dirs *d)
{
	while (d->n)
		close_keep(d->fd[--d->n]);
	free(d->fd);
	free(d->path);
}

static int
dirs_open(struct overlay *o, struct dirs *d)
{
	const char *path;

	d->fd = calloc(o->lower.len + 2, sizeof(*d->fd));
	d->path = calloc(o->lower.len + 2, sizeof(*d->path));
	if (!d->fd || !d->path)
		return -1;
	while (d->n < o->lower.len + (o->upper ? 2 : 0)) {
		path = d->n < o->lower.len ? o->lower.at[d->n] :
		    d->n == o->lower.len ? o->upper : o->work;
		d->path[d->n] = path;
		d->fd[d->n] = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
		if (d->fd[d->n] < 0) {
			o->at = path;
			return -1;
		}
		d->n++;
	}
	return 0;
}

/* Puts folders with the owners of o->user in place of those of d. */
static int
dirs_map(struct overlay *o, struct dirs *d, int at)
{
	const char *pair[2] = { o->upper, o->work };
	int spare = idmap_begin(at), r = spare < 0 ? -1 : 0;
	size_t i;

	for (i = 0; r == 0 && i < o->lower.len; i++) {
		o->at = d->path[i];
		r = idmap_folder(spare, o->user, &d->fd[i]);
	}
	if (r == 0 && o->upper) {
		o->at = o->upper;
		r = idmap_pair(spare, o->user, pair, &d->fd[i]);
		if (r < 0 && errno == EXDEV)
			strcpy(o->said, "upper and work must lie side by side");
	}
	memset(d->path, 0, d->n * sizeof(*d->path));
	close_keep(spare);
	return r;
}

/* How to name folder i to the kernel: by its path, which mountinfo then shows
 * to people; or by the descriptor, when the path is too long, holds what
 * overlayfs gives a meaning of its own, or leads to something else (NULL). */
static void
dirs_name(const struct dirs *d, size_t i, char name[STRING_MAX])
{
	const char *path = d->path[i];

	if (path && path[0] == '/' && strlen(path) < STRING_MAX && !strpbrk(path, ":,\\"))
		strcpy(name, path);
	else
		snprintf(name, STRING_MAX, "/proc/self/fd/%d", d->fd[i]);
}

/* What the kernel wrote into fs about a failure; "e " or such before it. */
static void
words(struct overlay *o, int fs)
{
	int err = errno;
	ssize_t n = read(fs, o->said, sizeof(o->said) - 1);

	o->said[n > 0 ? n : 0] = '\0';
	if (n > 2 && o->said[1] == ' ')
		memmove(o->said, o->said + 2, (size_t)n - 1);
	o->said[strcspn(o->said, "\n")] = '\0';
	errno = err;
}

/* For an "Invalid argument" without words, the usual reasons. */
static void
guess(struct overlay *o, const struct dirs *d)
{
	struct stat u, w;
	struct statfs fs;
	int upper;

	if (o->said[0] || errno != EINVAL || !o->upper)
		return;
	upper = d->fd[o->lower.len];
	if (fstatfs(upper, &fs) == 0 && fs.f_type == OVERLAYFS_SUPER_MAGIC)
		strcpy(o->said, "an upper cannot lie on an overlay");
	else if (faccessat(d->fd[o->lower.len + 1], "work/incompat/volatile", F_OK,
	    0) == 0)
		strcpy(o->said, "upper was mounted as volatile before, and may be "
		    "torn; begin with a new upper and work");
	else if (fstat(upper, &u) == 0 && fstat(d->fd[o->lower.len + 1], &w) == 0 &&
	    u.st_dev != w.st_dev)
		strcpy(o->said, "upper and work must be on one file system");
	errno = EINVAL;
}

static int
set(int fs, const char *key, const char *value)
{
	return fsconfig(fs, value ? FSCONFIG_SET_STRING : FSCONFIG_SET_FLAG,
	    key, value, 0);
}

static int
configure(const struct overlay *o, const struct dirs *d, int fs)
{
	char name[STRING_MAX];
	size_t i;

	if (set(fs, "source", "aoinb") < 0)
		return -1;
	for (i = 0; i < FIXED; i++)
		if (set(fs, fixed[i][0], fixed[i][1]) < 0)
			return -1;
	if (ns_in_user() && set(fs, "userxattr", NULL) < 0)
		return -1;
	if (o->is_volatile && set(fs, "volatile", NULL) < 0)
		return -1;
	for (i = 0; i < d->n; i++) {
		dirs_name(d, i, name);
		if (set(fs, i < o->lower.len ? "lowerdir+" :
		    i == o->lower.len ? "upperdir" : "workdir", name) < 0)
			return -1;
	}
	return fsconfig(fs, FSCONFIG_CMD_CREATE, NULL, NULL, 0);
}

/* Any number of layers under any names (Linux 6.8).  Returns the mount, at no
 * place yet. */
static int
stack(struct overlay *o, const struct dirs *d)
{
	int fs = fsopen("overlay", FSOPEN_CLOEXEC), fd = -1;

	if (fs < 0)
		return -1;
	if (configure(o, d, fs) == 0)
		fd = fsmount(fs, FSMOUNT_CLOEXEC, 0);
	if (fd < 0)
		words(o, fs);
	close_keep(fs);
	return fd;
}

/* The options in mount(2)'s one string, which must fit into a page; brief
 * names the folders by bare descriptors, looked up in /proc/self/fd. */
static int
options(struct buf *b, const struct overlay *o, const struct dirs *d, int brief)
{
	char name[STRING_MAX];
	size_t i;

	b->len = 0;
	for (i = 0; i < d->n; i++) {
		if (brief)
			snprintf(name, sizeof(name), "%d", d->fd[i]);
		else
			dirs_name(d, i, name);
		if (buf_printf(b, "%s%s", i == 0 ? "lowerdir=" :
		    i < o->lower.len ? ":" : i == o->lower.len ? ",upperdir=" :
		    ",workdir=", name) < 0)
			return -1;
	}
	for (i = 0; i < FIXED; i++)
		if (buf_printf(b, ",%s=%s", fixed[i][0], fixed[i][1]) < 0)
			return -1;
	return buf_printf(b, "%s%s", ns_in_user() ? ",userxattr" : "",
	    o->is_volatile ? ",volatile" : "");
}

/* mount(2) with b, looked up in /proc/self/fd. */
static int
mount_brief(const char *target, const char *b)
{
	int cwd = open(".", O_PATH | O_DIRECTORY | O_CLOEXEC), r = -1, err;

	if (cwd < 0)
		return -1;
	if (chdir("/proc/self/fd") == 0)
		r = mount("aoinb", target, "overlay", 0, b);
	err = errno;
	if (fchdir(cwd) < 0)
		r = -1;
	else
		errno = err;
	close_keep(cwd);
	return r;
}

/* The same on older kernels, mounted on at.  Returns 0, or -1 with errno set,
 * E2BIG when even brief names do not fit. */
static int
stack_by_mount(struct overlay *o, const struct dirs *d, int at)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE);
	struct buf b = { 0 };
	char target[32];
	int r;

	snprintf(target, sizeof(target), "/proc/self/fd/%d", at);
	r = options(&b, o, d, 0);
	if (r == 0 && b.len < page) {
		r = mount("aoinb", target, "overlay", 0, b.s);
	} else if (r == 0 && (r = options(&b, o, d, 1)) == 0) {
		errno = E2BIG;
		r = b.len < page ? mount_brief(target, b.s) : -1;
		if (r < 0 && errno == E2BIG)
			snprintf(o->said, sizeof(o->said), "this kernel takes "
			    "%zu bytes of layers' names, and no more", page);
	}
	buf_free(&b);
	return r;
}

static int
mount_stack(struct overlay *o, const struct dirs *d, int at)
{
	int fd = stack(o, d), r;

	if (fd >= 0) {
		r = mnt_attach(fd, at);
		close_keep(fd);
		return r;
	}
	/* A kernel before 6.8 calls "lowerdir+" invalid, at once or late. */
	if (errno != EINVAL)
		return -1;
	if (strstr(o->said, "lowerdir+"))
		o->said[0] = '\0';
	r = stack_by_mount(o, d, at);
	if (r < 0)
		guess(o, d);
	return r;
}

/* Folder dir, read-only and without what is mounted in it, or the whole of at. */
static int
mount_copy(int dir, int at, int user)
{
	int fd, r;

	if (dir < 0)
		fd = mnt_copy_as(at, "", AT_RECURSIVE, 0, user);
	else
		fd = mnt_copy(dir, "", 0, MOUNT_ATTR_RDONLY);
	if (fd < 0)
		return -1;
	r = mnt_attach(fd, at);
	close_keep(fd);
	return r;
}

int
overlay_mount(struct overlay *o, const char *root)
{
	struct dirs d = { 0 };
	int at, fd = -1, r = -1;

	o->said[0] = '\0';
	o->at = root;
	at = open(root, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (at < 0)
		return -1;
	if (dirs_open(o, &d) == 0 && (o->user < 0 || !d.n || dirs_map(o, &d, at) == 0)) {
		o->at = root;
		r = d.n > 1 ? mount_stack(o, &d, at) :
		    mount_copy(d.n ? d.fd[0] : -1, at, o->user);
	}
	if (r == 0)
		fd = open(root, O_PATH | O_DIRECTORY | O_CLOEXEC);
	dirs_close(&d);
	close_keep(at);
	return fd;
}
