#include <errno.h>
#include <fcntl.h>
#include <fts.h>
#include <inttypes.h>
#include <search.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "buf.h"
#include "digest.h"
#include "file.h"
#include "store/layer.h"

/* A file with several names: all but the first are links to that. */
struct first {
	ino_t ino;
	char path[];
};

struct seal {
	struct digest *d;
	int strip;		/* what is of this machine alone goes */
	void *firsts;		/* by tsearch(3) */
	const char *why;
	struct buf line;
};

static int
by_name(const FTSENT **a, const FTSENT **b)
{
	return strcmp((*a)->fts_name, (*b)->fts_name);
}

static int
by_ino(const void *a, const void *b)
{
	const struct first *x = a, *y = b;

	return (x->ino > y->ino) - (x->ino < y->ino);
}

static int
by_word(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* Text with its length before it, so that no two trees have the same lines. */
static int
put(struct seal *s, const char *text, size_t len)
{
	return buf_printf(&s->line, " %zu:", len) < 0 ? -1 : buf_put(&s->line, text, len);
}

static int
refuse(struct seal *s, const char *why)
{
	s->why = why;
	errno = EBADMSG;
	return -1;
}

enum { OURS, HIDDEN, STALE, STRANGE };

/* What an attribute is to a layer.  Of overlayfs's own only the mark of an opaque folder
 * means something below another layer; the others tell of inodes of this machine, which
 * say nothing in a lower.  Labels of security modules are the host's affair, and lists of
 * access are none that an image can hold. */
static int
kind_of(const char *name, const char *value, ssize_t len, mode_t mode)
{
	static const char *const stale[] = { "origin", "impure", "nlink", "upper", "uuid",
	    "protattr" };
	const char *s;
	size_t i;

	if (!strncmp(name, "trusted.overlay.", 16) || !strncmp(name, "user.overlay.", 13)) {
		s = strchr(name, '.') + 9;
		if (!strcmp(s, "opaque"))
			return len == 1 && *value == 'y' && S_ISDIR(mode) ? OURS : STRANGE;
		for (i = 0; i < sizeof(stale) / sizeof(*stale); i++)
			if (!strcmp(s, stale[i]))
				return STALE;
		return STRANGE;
	}
	if (!strncmp(name, "user.", 5) || !strncmp(name, "trusted.", 8) ||
	    !strcmp(name, "security.capability"))
		return OURS;
	return HIDDEN;
}

static int
add_xattr(struct seal *s, const char *at, const char *name, mode_t mode)
{
	ssize_t len = getxattr(at, name, NULL, 0);
	char *value = len < 0 ? NULL : malloc((size_t)len + 1);
	int r = -1;

	if (value && (len = getxattr(at, name, value, (size_t)len)) >= 0) {
		switch (kind_of(name, value, len, mode)) {
		case STRANGE:
			/* A build may have used overlays of its own; from others we take none. */
			if (!s->strip) {
				r = refuse(s, "has an attribute of overlayfs that no layer has");
				break;
			}
			/* fall through */
		case OURS:
			r = put(s, name, strlen(name)) < 0 || put(s, value, (size_t)len) < 0 ? -1 : 0;
			break;
		case STALE:
			r = s->strip ? removexattr(at, name) : refuse(s, "has an attribute of "
			    "overlayfs that is of another machine");
			break;
		default:
			r = 0;
		}
	}
	free(value);
	return r;
}

static int
add_xattrs(struct seal *s, int fd, mode_t mode)
{
	char at[40], *list, *names[1024];
	ssize_t len, i;
	size_t n = 0, k;
	int r = 0;

	snprintf(at, sizeof(at), "/proc/self/fd/%d", fd);
	len = listxattr(at, NULL, 0);
	if (len <= 0)
		return len < 0 && errno != EOPNOTSUPP ? -1 : 0;
	list = malloc((size_t)len);
	if (!list)
		return -1;
	len = listxattr(at, list, (size_t)len);
	for (i = 0, n = 0; i < len; i++)
		n += !list[i];
	if (n > sizeof(names) / sizeof(*names)) {
		free(list);
		return refuse(s, "has more attributes than a layer may have");
	}
	n = 0;
	for (i = 0; i < len && n < 1024; i += (ssize_t)strlen(list + i) + 1)
		names[n++] = list + i;
	qsort(names, n, sizeof(*names), by_word);
	for (k = 0; k < n && r == 0; k++)
		r = add_xattr(s, at, names[k], mode);
	free(list);
	return len < 0 ? -1 : r;
}

/* The first path of a file of several names; NULL for its first.  *r is -1 without
 * memory. */
static const char *
first_of(struct seal *s, const FTSENT *e, const char *path, int *r)
{
	struct first *f, **found;

	if (e->fts_statp->st_nlink < 2 || S_ISDIR(e->fts_statp->st_mode))
		return NULL;
	f = malloc(sizeof(*f) + strlen(path) + 1);
	found = f ? tsearch((f->ino = e->fts_statp->st_ino, f), &s->firsts, by_ino) : NULL;
	if (!found) {
		free(f);
		*r = -1;
		return NULL;
	}
	if (*found == f) {
		strcpy(f->path, path);
		return NULL;
	}
	free(f);
	return (*found)->path;
}

static int
add_content(struct seal *s, const FTSENT *e, int at)
{
	char text[4096], proc[40];
	ssize_t n;
	int fd, r = 0;

	switch (e->fts_statp->st_mode & S_IFMT) {
	case S_IFLNK:
		n = readlinkat(at, "", text, sizeof(text));
		return n < 0 ? -1 : put(s, text, (size_t)n);
	case S_IFCHR: case S_IFBLK:
		return buf_printf(&s->line, " %u:%u", major(e->fts_statp->st_rdev),
		    minor(e->fts_statp->st_rdev));
	case S_IFREG:
		/* The line comes first, and has the size. */
		r = buf_printf(&s->line, " %lld\n", (long long)e->fts_statp->st_size);
		if (r == 0)
			r = digest_add(s->d, s->line.s, s->line.len);
		s->line.len = 0;
		snprintf(proc, sizeof(proc), "/proc/self/fd/%d", at);
		fd = r < 0 ? -1 : open(proc, O_RDONLY | O_CLOEXEC | O_NOATIME);
		if (fd < 0)
			return -1;
		if (digest_fd(s->d, fd, -1) != e->fts_statp->st_size)
			r = refuse(s, "changes while it is read");
		close_keep(fd);
	}
	return r;
}

static int
add_entry(struct seal *s, const FTSENT *e, const char *path)
{
	const struct stat *st = e->fts_statp;
	const char *first;
	int at, r = 0;

	s->line.len = 0;
	first = first_of(s, e, path, &r);
	if (r < 0 || put(s, path, strlen(path)) < 0)
		return -1;
	if (first)
		return buf_puts(&s->line, " is") < 0 || put(s, first, strlen(first)) < 0 ||
		    digest_add(s->d, s->line.s, s->line.len) < 0 ? -1 : 0;
	at = open(e->fts_accpath, O_PATH | O_NOFOLLOW | O_CLOEXEC);
	if (at < 0)
		return -1;
	r = buf_printf(&s->line, " %o %u %u %lld", st->st_mode, st->st_uid, st->st_gid,
	    (long long)st->st_mtim.tv_sec);
	if (r == 0)
		r = add_xattrs(s, at, st->st_mode);
	if (r == 0)
		r = add_content(s, e, at);
	if (r == 0)
		r = buf_putc(&s->line, '\n') < 0 || digest_add(s->d, s->line.s, s->line.len) < 0 ? -1 : 0;
	close_keep(at);
	return r;
}

static int
walk(struct seal *s, FTS *f, struct blame *b)
{
	size_t skip = 0;
	FTSENT *e;
	int r = 0;

	while (r == 0 && (errno = 0, e = fts_read(f))) {
		if (e->fts_info == FTS_DP)
			continue;
		if (e->fts_level == 0)
			skip = e->fts_pathlen;
		if (e->fts_info == FTS_DNR || e->fts_info == FTS_ERR || e->fts_info == FTS_NS) {
			errno = e->fts_errno;
			r = -1;
		} else {
			r = add_entry(s, e, e->fts_level ? e->fts_path + skip + 1 : "");
		}
		if (r < 0)
			blame_set(b, errno, e->fts_level ? e->fts_path + skip + 1 : "tree", NULL, "%s",
			    s->why ? s->why : "");
	}
	if (r == 0 && errno)
		r = blame_set(b, errno, "tree", NULL, "%s", "");
	return r;
}

int
layer_seal(int tree, int strip, char hex[DIGEST_HEX], struct blame *b)
{
	char path[48], *paths[] = { path, NULL };
	struct seal s = { .strip = strip, .d = digest_new(digest_algo("sha256", 6)) };
	FTS *f;
	int r;

	snprintf(path, sizeof(path), "/proc/self/fd/%d/.", tree);
	f = s.d ? fts_open(paths, FTS_PHYSICAL | FTS_XDEV, by_name) : NULL;
	if (!f) {
		digest_free(s.d);
		return blame_set(b, errno, "tree", NULL, "%s", "");
	}
	r = walk(&s, f, b);
	if (r == 0 && digest_hex(s.d, hex) < 0)
		r = blame_set(b, errno, "tree", NULL, "%s", "");
	fts_close(f);
	tdestroy(s.firsts, free);
	buf_free(&s.line);
	digest_free(s.d);
	return r;
}
