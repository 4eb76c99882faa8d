#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "err.h"
#include "file.h"
#include "repo/publish.h"
#include "vec.h"

/* Of each index there are two files.  They are counted when there are FILES_MOST. */
enum { INDEXES = 8, FILES = 2 * INDEXES, FILES_MOST = 4 * INDEXES };

/* A hard link, which replaces what has that name. */
static int
put_by_hash(const struct repo *r, const char *file, const char *hex)
{
	char path[RELEASE_HEX + 32];

	snprintf(path, sizeof(path), "by-hash/SHA256/%s", hex);
	if (linkat(r->made, file, r->out, path, 0) == 0)
		return 0;
	if (errno != EEXIST || linkat(r->made, file, r->made, "link", 0) < 0 ||
	    renameat(r->made, "link", r->out, path) < 0)
		return -1;
	/* It is there still when both were one file. */
	return unlinkat(r->made, "link", 0) == 0 || errno == ENOENT ? 0 : -1;
}

void
publish(const struct repo *r, const struct release *names)
{
	static const char *const plain[] = { "Packages", "Packages.xz", "Release", NULL };
	static const char *const with_keys[] = { "Packages", "Packages.xz", "InRelease",
	    "Release.gpg", "Release", NULL };
	const char *const *file = *r->sign ? with_keys : plain;

	if (put_by_hash(r, "Packages", names->packages) < 0 ||
	    put_by_hash(r, "Packages.xz", names->xz) < 0)
		repo_failed_sys(r, "by-hash cannot be written");
	if (!*r->sign) {	/* those of another Release */
		unlinkat(r->out, "InRelease", 0);
		unlinkat(r->out, "Release.gpg", 0);
	}
	for (; *file; file++)
		if (renameat(r->made, *file, r->out, *file) < 0)
			repo_failed_sys(r, "its files cannot be replaced");
}

struct old {
	char hex[RELEASE_HEX];
	struct timespec when;
};

static int
by_age(const void *x, const void *y)
{
	const struct old *a = x, *b = y;

	if (a->when.tv_sec != b->when.tv_sec)
		return a->when.tv_sec > b->when.tv_sec ? -1 : 1;
	if (a->when.tv_nsec != b->when.tv_nsec)
		return a->when.tv_nsec > b->when.tv_nsec ? -1 : 1;
	return strcmp(a->hex, b->hex);
}

typedef VEC(struct old) old_files;

/* Files whose name is a digest.  That something cannot be read only keeps it. */
static void
list(DIR *d, old_files *v)
{
	struct dirent *e;
	struct stat st;
	struct old o;

	while ((e = readdir(d))) {
		if (strlen(e->d_name) != RELEASE_HEX - 1 ||
		    fstatat(dirfd(d), e->d_name, &st, AT_SYMLINK_NOFOLLOW) < 0 ||
		    !S_ISREG(st.st_mode))
			continue;
		memcpy(o.hex, e->d_name, RELEASE_HEX);
		o.when = st.st_mtim;
		if (vec_push(v, o) < 0)
			return;
	}
}

void
publish_forget(const struct repo *r, const struct release *names)
{
	int fd = openat(r->out, "by-hash/SHA256", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *d = fd < 0 ? NULL : fdopendir(fd);
	old_files v = { 0 };
	size_t i;

	if (!d) {
		close_keep(fd);
		return;
	}
	list(d, &v);
	if (v.len > FILES_MOST)
		qsort(v.at, v.len, sizeof(*v.at), by_age);
	for (i = FILES; v.len > FILES_MOST && i < v.len; i++)
		if (strcmp(v.at[i].hex, names->packages) && strcmp(v.at[i].hex, names->xz))
			unlinkat(dirfd(d), v.at[i].hex, 0);
	vec_free(&v);
	closedir(d);
}
