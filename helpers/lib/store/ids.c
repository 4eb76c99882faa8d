#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "file.h"
#include "store/layer.h"

int
blame_set(struct blame *b, int err, const char *at, const char *cure,
    const char *why, ...)
{
	va_list ap;

	snprintf(b->at, sizeof(b->at), "%s", at);
	va_start(ap, why);
	vsnprintf(b->why, sizeof(b->why), why, ap);
	va_end(ap);
	b->cure = cure;
	errno = err;
	return -1;
}

int
ids_add(struct ids *v, const char *id)
{
	char *copy = strdup(id);

	if (!copy)
		return -1;
	if (vec_push(v, copy) == 0)
		return 0;
	free(copy);
	errno = ENOMEM;
	return -1;
}

int
ids_has(const struct ids *v, const char *id)
{
	size_t i;

	for (i = 0; i < v->len; i++)
		if (!strcmp(v->at[i], id))
			return 1;
	return 0;
}

void
ids_free(struct ids *v)
{
	while (v->len)
		free(v->at[--v->len]);
	vec_free(v);
}

int
ids_line(struct buf *b, const struct ids *v)
{
	size_t i;

	for (i = 0; i < v->len; i++)
		if (buf_printf(b, "%s%s", i ? " " : "", v->at[i]) < 0)
			return -1;
	return buf_putc(b, '\n');
}

static int
by_bytes(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static int
wanted(const char *name, int all)
{
	return all ? strcmp(name, ".") && strcmp(name, "..") : store_name_ok(name);
}

int
ids_folder(const struct store *s, const char *path, int all, struct ids *v)
{
	int fd = openat(s->dir, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC), err;
	struct dirent *e;
	DIR *d;

	if (fd < 0)
		return errno == ENOENT ? 0 : -1;
	d = fdopendir(fd);
	if (!d) {
		close_keep(fd);
		return -1;
	}
	/* A folder that is read in part must not pass for all of it. */
	while ((errno = 0, e = readdir(d)))
		if (wanted(e->d_name, all) && ids_add(v, e->d_name) < 0)
			break;
	err = errno;
	closedir(d);
	if (v->len)
		qsort(v->at, v->len, sizeof(*v->at), by_bytes);
	errno = err;
	return err ? -1 : 0;
}

/* The last name in the path of folder, whatever way it was named. */
static int
name_of(int folder, char name[STORE_NAME])
{
	char link[64], path[4096], *slash;
	ssize_t n;

	snprintf(link, sizeof(link), "/proc/self/fd/%d", folder);
	n = readlink(link, path, sizeof(path) - 1);
	if (n < 0)
		return -1;
	path[n] = '\0';
	slash = strrchr(path, '/');
	if (!slash || strlen(slash + 1) >= STORE_NAME) {
		errno = ENAMETOOLONG;
		return -1;
	}
	snprintf(name, STORE_NAME, "%s", slash + 1);
	return 0;
}

int
folder_open(const struct store *s, const char *path, const char *in,
    char name[STORE_NAME], struct blame *b)
{
	char at[2 * STORE_NAME];
	struct stat above, jobs;
	int bare = !strchr(path, '/'), fd;

	snprintf(at, sizeof(at), "%s/%.*s", in, STORE_NAME, path);
	fd = openat(bare ? s->dir : AT_FDCWD, bare ? at : path,
	    O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return blame_set(b, errno, bare ? at : path, NULL, "%s", "");
	if (fstatat(fd, "..", &above, 0) < 0 || fstatat(s->dir, in, &jobs, 0) < 0 ||
	    name_of(fd, name) < 0) {
		blame_set(b, errno, path, NULL, "%s", "");
	} else if (above.st_ino != jobs.st_ino || above.st_dev != jobs.st_dev) {
		blame_set(b, EXDEV, path, NULL, "is not in %s/%s", s->path, in);
	} else {
		return fd;
	}
	close_keep(fd);
	return -1;
}
