#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "err.h"
#include "file.h"
#include "repo/package.h"

static int
by_file(const void *a, const void *b)
{
	const struct package *x = a, *y = b;

	return strcmp(x->file, y->file);
}

static int64_t
ns(struct timespec t)
{
	return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

/* Adds name, whatever it is; one that no package can be in gets no inode. */
static int
add(struct packages *p, int dir, const char *name)
{
	struct package new = { .file = strdup(name) };
	struct stat st;

	if (!new.file)
		return -1;
	if (repo_file_ok(name) && fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW) == 0 &&
	    S_ISREG(st.st_mode)) {
		new.size = st.st_size;
		new.mtime = ns(st.st_mtim);
		new.ctime = ns(st.st_ctim);
		new.inode = st.st_ino;
	} else {
		new.why = strdup("not a file that a package can be in, or not a name for one");
		if (!new.why)
			goto fail;
	}
	if (vec_push(&p->v, new) == 0)
		return 0;
fail:
	free(new.file);
	free(new.why);
	return -1;
}

/* Files whose name begins with a dot are passed over. */
static int
is_ours(const char *name)
{
	size_t n = strlen(name);

	return *name != '.' && n >= 4 && !strcmp(name + n - 4, ".deb");
}

static int
read_names(struct packages *p, int dir)
{
	int fd = openat(dir, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC), err;
	DIR *d = fd < 0 ? NULL : fdopendir(fd);
	struct dirent *e;

	if (!d) {
		close_keep(fd);
		return -1;
	}
	while ((errno = 0, e = readdir(d)))
		if (is_ours(e->d_name) && add(p, dir, e->d_name) < 0)
			break;
	err = errno;
	closedir(d);
	errno = err;
	return err ? -1 : 0;
}

void
packages_scan(struct packages *p, struct repo *r)
{
	size_t i, n = 0;

	if (read_names(p, r->out) < 0)
		repo_failed_sys(r, "its files cannot be listed");
	if (p->v.len)
		qsort(p->v.at, p->v.len, sizeof(*p->v.at), by_file);
	for (i = 0; i < p->v.len; i++)
		if (p->v.at[i].why) {
			repo_left_out(r, p->v.at[i].file, p->v.at[i].why);
			free(p->v.at[i].file);
			free(p->v.at[i].why);
		} else {
			p->v.at[n++] = p->v.at[i];
		}
	p->v.len = n;
}

struct package *
packages_find(const struct packages *p, const char *file, size_t len)
{
	size_t low = 0, high = p->v.len, mid, n;
	const char *other;
	int d;

	while (low < high) {
		mid = low + (high - low) / 2;
		other = p->v.at[mid].file;
		n = strlen(other);
		d = memcmp(other, file, n < len ? n : len);
		if (d == 0 && n == len)
			return &p->v.at[mid];
		if (d < 0 || (d == 0 && n < len))
			low = mid + 1;
		else
			high = mid;
	}
	return NULL;
}

void
packages_free(struct packages *p)
{
	size_t i;

	for (i = 0; i < p->v.len; i++) {
		free(p->v.at[i].file);
		free(p->v.at[i].why);
	}
	for (i = 0; i < p->raw.len; i++)
		buf_free(&p->raw.at[i]);
	vec_free(&p->raw);
	vec_free(&p->v);
	buf_free(&p->known);
}
