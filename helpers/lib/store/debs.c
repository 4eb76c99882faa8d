#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "digest.h"
#include "file.h"
#include "store/debs.h"

enum { FILES_MOST = 1 << 16 };	/* of one container */

static const int64_t deb_most = (int64_t)8 << 30;	/* bytes; an ar archive cannot say more */
static const char seen_at[] = "/buildroot/debs";

static int
is_cached(const char *name)
{
	return strlen(name) == 64 && strspn(name, "0123456789abcdef") == 64;
}

/* Whether apt could call a file so, and nobody else means anything else by it. */
static int
is_deb(const char *name, size_t n)
{
	static const char safe[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
	    "0123456789._+~%:@-";

	return n > 4 && n < STORE_NAME && strspn(name, safe) >= n && *name != '.' &&
	    *name != '-' && !memcmp(name + n - 4, ".deb", 4);
}

static int
open_folder(int dir, const char *path)
{
	return openat(dir, path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
}

static int
open_cache(const struct store *s)
{
	return store_mkdir(s, "cache/debs") < 0 ? -1 : open_folder(s->dir, "cache/debs");
}

/* --- to a container */

static int
new_folder(int folder, const char *name)
{
	if (store_remove(folder, name) < 0 || mkdirat(folder, name, 0755) < 0)
		return -1;
	return open_folder(folder, name);
}

/* A link, so that what is removed from the cache meanwhile stays for who has it. */
static int
lend_one(int cache, int debs, int archives, const char *name, const char *hex)
{
	char to[sizeof(seen_at) + STORE_NAME];

	if (linkat(cache, hex, debs, name, 0) < 0)
		return errno == ENOENT || errno == EEXIST || errno == EMLINK ||
		    errno == EXDEV ? 0 : -1;
	utimensat(cache, hex, NULL, 0);		/* its last use; a hint */
	snprintf(to, sizeof(to), "%s/%s", seen_at, name);
	return symlinkat(to, archives, name);
}

static int
lend_all(int cache, int debs, int archives, char *set)
{
	char *line, *hex;
	int r = 0;

	while (r == 0 && (line = strsep(&set, "\n"))) {
		hex = strchr(line, ' ');
		if (!hex || strncmp(hex, " SHA256:", 8) || !is_deb(line, (size_t)(hex - line)))
			continue;
		*hex = '\0';
		hex += 8;
		if (is_cached(hex))
			r = lend_one(cache, debs, archives, line, hex);
	}
	return r;
}

int
debs_lend(const struct store *s, int folder, char *set)
{
	int cache = open_cache(s), debs = -1, archives = -1, r = -1;

	if (cache < 0)
		return -1;
	debs = new_folder(folder, "debs");
	if (debs >= 0)
		archives = new_folder(folder, "archives");
	if (archives >= 0 && mkdirat(archives, "partial", 0755) == 0)
		r = lend_all(cache, debs, archives, set);
	close_keep(archives);
	close_keep(debs);
	close_keep(cache);
	return r;
}

/* --- from a container */

/* The digest of the file name in cache, which becomes like any other of ours.  Returns
 * 1, 0 when it is not to be kept, or -1 with errno set. */
static int
look(int cache, const char *name, char hex[DIGEST_HEX])
{
	int fd = openat(cache, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	struct digest *d = digest_new(digest_algo("sha256", 6));
	struct stat st;
	int r = -1;

	if (fd < 0 || !d || fstat(fd, &st) < 0)
		goto end;
	r = 0;
	if (!S_ISREG(st.st_mode) || st.st_nlink != 1 || st.st_size > deb_most)
		goto end;
	r = -1;
	if (fchown(fd, geteuid(), getegid()) == 0 && fchmod(fd, 0644) == 0 &&
	    futimens(fd, NULL) == 0 && digest_fd(d, fd, deb_most) == st.st_size &&
	    digest_hex(d, hex) == 0)
		r = 1;
end:
	digest_free(d);
	close_keep(fd);
	return r;
}

/* It is moved first, and looked at where no container sees it. */
static int
keep_one(int cache, int archives, const char *name)
{
	static unsigned count;
	char temp[64], hex[DIGEST_HEX];
	struct stat st;
	int r, err;

	if (fstatat(archives, name, &st, AT_SYMLINK_NOFOLLOW) < 0 || !S_ISREG(st.st_mode))
		return 0;
	snprintf(temp, sizeof(temp), "new.%d.%u", (int)getpid(), ++count);
	if (renameat(archives, name, cache, temp) < 0)
		return -1;
	r = look(cache, temp, hex);
	if (r > 0 && renameat(cache, temp, cache, hex) == 0)
		return 0;
	err = errno;
	unlinkat(cache, temp, 0);
	errno = err;
	return r ? -1 : 0;
}

static int
keep_all(int cache, int archives)
{
	int err = 0, n = 0;
	struct dirent *e;
	size_t len;
	DIR *d = fdopendir(archives);

	if (!d) {
		close_keep(archives);
		return -1;
	}
	while (n++ < FILES_MOST && (e = readdir(d))) {
		len = strlen(e->d_name);
		if (len > 4 && !strcmp(e->d_name + len - 4, ".deb") &&
		    keep_one(cache, archives, e->d_name) < 0)
			err = errno;
	}
	closedir(d);
	errno = err;
	return err ? -1 : 0;
}

int
debs_keep(const struct store *s, int folder)
{
	int archives = open_folder(folder, "archives"), cache, r = 0, err = 0;

	if (archives < 0 && errno != ENOENT)
		return -1;
	if (archives >= 0) {
		cache = open_cache(s);
		r = cache < 0 ? -1 : keep_all(cache, archives);
		err = errno;
		close(cache < 0 ? archives : cache);
	}
	if (store_remove(folder, "archives") < 0 || store_remove(folder, "debs") < 0)
		return -1;
	errno = err;
	return r;
}

/* --- what is to go */

struct cached {
	char name[65];
	struct timespec used;
	uint64_t kib;
};

struct all {
	VEC(struct cached) files;
	uint64_t kib;
};

/* Of a program that has died, or of a version that went by the names of files. */
static int
is_nobodys(const char *name)
{
	char proc[32];
	long pid;

	if (sscanf(name, "new.%ld.", &pid) != 1)
		return 1;
	snprintf(proc, sizeof(proc), "/proc/%ld", pid);
	return access(proc, F_OK) < 0;
}

static int
add_file(struct all *all, int cache, const char *name)
{
	struct cached one;
	struct stat st;

	if (fstatat(cache, name, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return errno == ENOENT ? 0 : -1;
	memcpy(one.name, name, sizeof(one.name));
	one.used = st.st_mtim;
	if (one.used.tv_sec > time(NULL))	/* the clock was wrong: nobody knows */
		one.used.tv_sec = 0;
	one.kib = (uint64_t)st.st_blocks / 2;
	all->kib += one.kib;
	return vec_push(&all->files, one);
}

static int
list(int cache, struct all *all, struct ids *spare)
{
	DIR *d = fdopendir(cache);
	struct dirent *e;
	int r = 0, err;

	if (!d) {
		close_keep(cache);
		return -1;
	}
	while (r == 0 && (errno = 0, e = readdir(d))) {
		if (is_cached(e->d_name))
			r = add_file(all, cache, e->d_name);
		else if (strcmp(e->d_name, ".") && strcmp(e->d_name, "..") &&
		    is_nobodys(e->d_name))
			r = ids_add(spare, e->d_name);
	}
	err = errno;
	closedir(d);
	errno = err;
	return r < 0 || err ? -1 : 0;
}

static int
by_use(const void *a, const void *b)
{
	const struct cached *v = a, *w = b;

	if (v->used.tv_sec != w->used.tv_sec)
		return v->used.tv_sec < w->used.tv_sec ? -1 : 1;
	if (v->used.tv_nsec != w->used.tv_nsec)
		return v->used.tv_nsec < w->used.tv_nsec ? -1 : 1;
	return strcmp(v->name, w->name);
}

int
debs_spare(const struct store *s, uint64_t max_kib, struct ids *spare)
{
	int cache = open_folder(s->dir, "cache/debs"), r;
	struct all all = { 0 };
	size_t i;

	if (cache < 0)
		return errno == ENOENT ? 0 : -1;
	r = list(cache, &all, spare);
	if (r == 0 && max_kib && all.kib > max_kib) {
		qsort(all.files.at, all.files.len, sizeof(*all.files.at), by_use);
		for (i = 0; i < all.files.len && all.kib > max_kib && r == 0; i++) {
			r = ids_add(spare, all.files.at[i].name);
			all.kib -= all.files.at[i].kib;
		}
	}
	vec_free(&all.files);
	return r;
}

int
debs_drop(const struct store *s, const struct ids *names)
{
	char at[2 * STORE_NAME];
	int err = 0;
	size_t i;

	for (i = 0; i < names->len; i++) {
		snprintf(at, sizeof(at), "cache/debs/%s", names->at[i]);
		if (store_remove(s->dir, at) < 0)
			err = errno;
	}
	errno = err;
	return err ? -1 : 0;
}
