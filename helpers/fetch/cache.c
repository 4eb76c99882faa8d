#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "buf.h"
#include "err.h"
#include "fetch/cache.h"
#include "file.h"
#include "opt.h"
#include "plain.h"

#define NEED 4			/* folders that are always there */
#define STAMP_MAX (1 << 20)	/* bytes of a stamp: a URL and a name */

const char *
cache_folder(size_t i)
{
	static const char *const need[NEED] = { "part", "lock", "stamp", "url" };

	return i < NEED ? need[i] : digest_name(i - NEED);
}

int
cache_enter(const char *dir, int dry)
{
	size_t i;

	if (dry)
		return chdir(dir);
	if (file_mkdirs(dir) < 0 || chdir(dir) < 0)
		return -1;
	for (i = 0; i < NEED; i++)
		if (mkdir(cache_folder(i), 0755) < 0 && errno != EEXIST)
			return -1;
	return 0;
}

int
cache_entry(struct entry *e, const struct source *s)
{
	char key[DIGEST_HEX], *url;
	int r = 0;

	if (!s->algo) {		/* by its URL: who asks makes no difference */
		url = plain_urls_copy(s->url);
		r = url ? digest_key(url, key) : -1;
		free(url);
	}
	if (r < 0)
		return -1;
	cache_entry_named(e, s->algo, s->algo ? s->hex : key);
	e->src = s;
	return 0;
}

void
cache_entry_named(struct entry *e, const struct algo *algo, const char *name)
{
	const char *folder = algo ? algo->name : "url";

	*e = (struct entry){ .algo = algo, .size = -1 };
	snprintf(e->key, sizeof(e->key), "%s-%s", folder, name);
	snprintf(e->path, sizeof(e->path), "%s/%s", folder, name);
	if (algo) {
		memcpy(e->hex, name, algo->hex + 1);
	} else {
		e->algo = digest_algo("sha256", 6);
		snprintf(e->meta, sizeof(e->meta), "%s.meta", e->path);
	}
}

const char *
cache_boot(void)
{
	static char id[40];
	ssize_t n;
	int fd;

	if (*id)
		return id;
	fd = open("/proc/sys/kernel/random/boot_id", O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return id;
	n = read(fd, id, sizeof(id) - 1);
	close(fd);
	id[n > 0 ? n : 0] = '\0';
	id[strcspn(id, "\n")] = '\0';
	return id;
}

/* What must not have changed since a file was verified.  ctime cannot be set
 * back as mtime can. */
static void
stamp_text(const struct stat *st, char *to, size_t room)
{
	snprintf(to, room, "size=%lld inode=%llu ctime=%lld.%09ld boot=%s\n",
	    (long long)st->st_size, (unsigned long long)st->st_ino,
	    (long long)st->st_ctim.tv_sec, st->st_ctim.tv_nsec, cache_boot());
}

static void
stamp_path(const struct entry *e, char *to, size_t room)
{
	snprintf(to, room, "stamp/%s", e->key);
}

static int
stamp_agrees(const struct entry *e, const struct stat *st)
{
	char path[256], want[192];
	struct buf b = { 0 };
	int fd, same;

	stamp_path(e, path, sizeof(path));
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	if (fd < 0)
		return 0;
	stamp_text(st, want, sizeof(want));
	same = buf_read(&b, fd, STAMP_MAX) == 0 && b.len &&
	    !strncmp(b.s, want, strlen(want));
	if (same && !opt_dry && futimens(fd, NULL) < 0)
		note("%s: %s: not touched", path, strerror(errno));
	close(fd);
	buf_free(&b);
	return same;
}

/* What the inventory is to call it. */
static int
put_names(struct buf *b, const struct source *s)
{
	char *url = plain_urls_copy(s->url);
	int r = url ? buf_printf(b, "url=%s\nname=%s\n", url, s->name) : -1;

	free(url);
	return r;
}

void
cache_stamp(const struct entry *e)
{
	char path[256], first[192];
	struct buf b = { 0 };
	struct stat st;
	int r;

	if (opt_dry || !*cache_boot() || stat(e->path, &st) < 0)
		return;
	stamp_path(e, path, sizeof(path));
	stamp_text(&st, first, sizeof(first));
	r = buf_puts(&b, first);
	if (r == 0 && e->src)
		r = put_names(&b, e->src);
	if (r < 0 || file_replace(path, b.s, b.len) < 0)
		note("%s: %s: not stamped", path, strerror(errno));
	buf_free(&b);
}

/* The value of "key=" in a stamp's text, to be freed; NULL when there is none. */
static char *
stamp_get(const char *text, const char *key)
{
	const char *s = strstr(text, key);

	return s ? strndup(s + strlen(key), strcspn(s + strlen(key), "\n")) :
	    NULL;
}

int
cache_recall(const struct entry *e, struct source *src,
    struct timespec *used)
{
	char path[256];
	struct buf b = { 0 };
	struct stat st;
	int fd, r = 0;

	stamp_path(e, path, sizeof(path));
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	if (fd < 0)
		return errno == ENOENT ? 0 : -1;
	if (fstat(fd, &st) < 0 || (src && buf_read(&b, fd, STAMP_MAX) < 0))
		r = -1;
	else
		*used = st.st_mtim;
	if (b.len) {
		src->url = stamp_get(b.s, "\nurl=");
		src->name = stamp_get(b.s, "\nname=");
	}
	buf_free(&b);
	close_keep(fd);
	return r;
}

/* Whether fd holds what e wants: 1, 0, or -1 with errno set. */
static int
digest_agrees(const struct entry *e, int fd)
{
	struct digest *d = digest_new(e->algo);
	char hex[DIGEST_HEX];
	int r = -1;

	if (d && digest_fd(d, fd, -1) >= 0 && digest_hex(d, hex) == 0)
		r = !strcmp(hex, e->hex);
	digest_free(d);
	return r;
}

int
cache_verify(const struct entry *e, const struct timespec *used)
{
	const struct timespec when[2] = { *used, *used };
	int fd = open(e->path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW), r;
	char stamp[256];

	if (fd < 0)
		return -1;
	r = digest_agrees(e, fd);
	close_keep(fd);
	if (r == 1 && !opt_dry) {
		cache_stamp(e);
		stamp_path(e, stamp, sizeof(stamp));
		if (utimensat(AT_FDCWD, stamp, when, AT_SYMLINK_NOFOLLOW) < 0)
			note("%s: %s", stamp, strerror(errno));
	}
	return r;
}

int
cache_find(struct entry *e, struct meta *m)
{
	struct stat st;
	int fd, r;

	if (*e->meta) {
		if (meta_read(m, e->meta) < 0)
			return -1;
		memcpy(e->hex, m->sha256, sizeof(m->sha256));
	}
	fd = open(e->path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	if (fd < 0)
		return errno == ENOENT ? 0 : -1;
	if (fstat(fd, &st) < 0) {
		r = -1;
	} else if (stamp_agrees(e, &st)) {
		r = 1;
	} else {
		r = digest_agrees(e, fd);
		if (r == 1)
			cache_stamp(e);
		if (r == 0) {
			errno = EBADMSG;
			r = -1;
		}
	}
	if (r == 1)
		e->size = st.st_size;
	close_keep(fd);
	return r;
}

int
cache_remove(const struct entry *e)
{
	char stamp[256];

	stamp_path(e, stamp, sizeof(stamp));
	unlink(stamp);
	if (*e->meta && unlink(e->meta) < 0 && errno != ENOENT)
		return -1;
	return unlink(e->path) < 0 && errno != ENOENT ? -1 : 0;
}

/* A lock file is removed by its last holder, so after locking we look whether
 * ours still has a name: else somebody removed it before we got the lock. */
int
cache_lock(const char *key)
{
	char path[256];
	struct stat st;
	int fd;

	snprintf(path, sizeof(path), "lock/%s", key);
	for (;;) {
		fd = open(path, O_RDONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW,
		    0644);
		if (fd < 0)
			return -1;
		if (flock(fd, LOCK_EX | LOCK_NB) < 0 || fstat(fd, &st) < 0) {
			close_keep(fd);
			return -1;
		}
		if (st.st_nlink)
			return fd;
		close(fd);
	}
}

void
cache_unlock(const char *key, int fd)
{
	char path[256];

	snprintf(path, sizeof(path), "lock/%s", key);
	unlink(path);
	close(fd);
}
