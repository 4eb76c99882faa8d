#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "eval/names.h"
#include "eval/show.h"

static int
add(struct names *l, const char *s)
{
	size_t room = l->room ? l->room * 2 : 64;
	struct buf shown = { 0 };
	struct name *v;
	char *raw;

	if (l->n == l->room) {
		v = reallocarray(l->v, room, sizeof(*v));
		if (!v)
			return -1;
		l->v = v;
		l->room = room;
	}
	raw = strdup(s);
	if (!raw || show_escaped(&shown, s, strlen(s)) < 0) {
		free(raw);
		buf_free(&shown);
		errno = ENOMEM;
		return -1;
	}
	l->v[l->n++] = (struct name){ raw, shown.s };
	return 0;
}

int
names_read(struct names *l, int dir, int (*takes)(int, const struct dirent *),
    int (*order)(const void *, const void *))
{
	int fd = openat(dir, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC), err;
	DIR *d = fd < 0 ? NULL : fdopendir(fd);
	const struct dirent *e;

	if (!d) {
		err = errno;
		if (fd >= 0)
			close(fd);
		errno = err;
		return -1;
	}
	while (errno = 0, (e = readdir(d)))
		if (takes(fd, e) && add(l, e->d_name) < 0)
			break;
	err = errno;
	closedir(d);
	if (l->n)
		qsort(l->v, l->n, sizeof(*l->v), order);
	errno = err;
	return err ? -1 : 0;
}

void
names_free(struct names *l)
{
	while (l->n) {
		free(l->v[--l->n].raw);
		free(l->v[l->n].shown);
	}
	free(l->v);
	*l = (struct names){ 0 };
}

int
names_folder(int dir, const struct dirent *e)
{
	struct stat st;

	if (e->d_type != DT_UNKNOWN)
		return e->d_type == DT_DIR;
	return fstatat(dir, e->d_name, &st, AT_SYMLINK_NOFOLLOW) == 0 &&
	    S_ISDIR(st.st_mode);
}
