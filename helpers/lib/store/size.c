#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "file.h"
#include "store/layer.h"

/* A file system tree of any depth and width is walked with one open folder: from
 * each the names of its folders are kept, and ".." leads back. */
struct level {
	struct ids folders;	/* below it, not looked at yet */
	ino_t ino;
};

struct walk {
	VEC(struct level) levels;
	VEC(ino_t) linked;	/* files with several names: a hash table of */
	size_t links;		/* so many, 0 being nothing */
	dev_t dev;
	uint64_t blocks;	/* of 512 bytes */
};

static size_t
slot_of(const struct walk *w, ino_t ino)
{
	size_t i = (size_t)(ino * 11400714819323198485u) & (w->linked.len - 1);

	while (w->linked.at[i] && w->linked.at[i] != ino)
		i = (i + 1) & (w->linked.len - 1);
	return i;
}

/* Twice the room, at most half of it taken. */
static int
grow(struct walk *w)
{
	size_t room = w->linked.len, i;
	ino_t *old = w->linked.at;

	w->linked.len = w->linked.room = room ? 2 * room : 1024;
	w->linked.at = calloc(w->linked.len, sizeof(*w->linked.at));
	if (!w->linked.at) {
		w->linked.at = old;
		w->linked.len = w->linked.room = room;
		return -1;
	}
	for (i = 0; i < room; i++)
		if (old[i])
			w->linked.at[slot_of(w, old[i])] = old[i];
	free(old);
	return 0;
}

/* Whether this name of a file is the first we meet: 1 or 0, or -1 with ENOMEM. */
static int
is_first(struct walk *w, const struct stat *st)
{
	size_t i;

	if (st->st_nlink < 2)
		return 1;
	if (2 * (w->links + 1) > w->linked.len && grow(w) < 0)
		return -1;
	i = slot_of(w, st->st_ino);
	if (w->linked.at[i])
		return 0;
	w->linked.at[i] = st->st_ino;
	w->links++;
	return 1;
}

static int
count(struct walk *w, struct level *l, int fd, const char *name)
{
	struct stat st;
	int r;

	if (fstatat(fd, name, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return errno == ENOENT ? 0 : -1;	/* it went meanwhile */
	if (st.st_dev != w->dev)
		return 0;
	r = S_ISDIR(st.st_mode) ? ids_add(&l->folders, name) : is_first(w, &st);
	if (r > 0)
		w->blocks += (uint64_t)st.st_blocks;
	return r < 0 ? -1 : 0;
}

/* Counts what is in the folder fd, and goes down into it. */
static int
enter(struct walk *w, int fd)
{
	int copy = openat(fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC), err;
	struct level l = { 0 };
	struct dirent *e;
	struct stat st;
	DIR *d = copy < 0 ? NULL : fdopendir(copy);

	if (!d || fstat(fd, &st) < 0) {
		err = errno;
		if (d)
			closedir(d);
		else
			close_keep(copy);
		errno = err;
		return -1;
	}
	l.ino = st.st_ino;
	w->blocks += (uint64_t)st.st_blocks;
	while ((errno = 0, e = readdir(d)))
		if (strcmp(e->d_name, ".") && strcmp(e->d_name, "..") &&
		    count(w, &l, fd, e->d_name) < 0)
			break;
	err = errno;
	closedir(d);
	if (!err && vec_push(&w->levels, l) == 0)
		return 0;
	ids_free(&l.folders);
	errno = err ? err : ENOMEM;
	return -1;
}

/* The folder above; one that was moved meanwhile is a failure. */
static int
up(struct walk *w, int fd)
{
	int above = openat(fd, "..", O_PATH | O_DIRECTORY | O_CLOEXEC);
	struct stat st;

	if (above < 0)
		return -1;
	if (fstat(above, &st) < 0 ||
	    st.st_ino != w->levels.at[w->levels.len - 1].ino || st.st_dev != w->dev) {
		errno = ESTALE;
		close_keep(above);
		return -1;
	}
	return above;
}

/* The next folder to look at, or the one above when there is none; 0 at the end. */
static int
step(struct walk *w, int *fd)
{
	struct level *l = &w->levels.at[w->levels.len - 1];
	int next, r = 0;

	if (l->folders.len) {
		next = openat(*fd, l->folders.at[l->folders.len - 1],
		    O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
		free(l->folders.at[--l->folders.len]);
		if (next < 0 && errno == ENOENT)
			return 1;	/* it went meanwhile */
	} else {
		ids_free(&l->folders);
		if (--w->levels.len == 0)
			return 0;
		next = up(w, *fd);
		close_keep(*fd);
		*fd = next;
		return next < 0 ? -1 : 1;
	}
	close_keep(*fd);
	*fd = next;
	if (next >= 0)
		r = enter(w, next);
	return next < 0 || r < 0 ? -1 : 1;
}

int
size_kib(int dir, const char *path, uint64_t *kib)
{
	int fd = openat(dir, path, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	struct walk w = { 0 };
	struct stat st;
	int r;

	if (fd < 0)
		return -1;
	r = fstat(fd, &st);
	w.dev = st.st_dev;
	if (r == 0)
		r = enter(&w, fd);
	while (r == 0 && (r = step(&w, &fd)) > 0)
		r = 0;
	close_keep(fd);
	while (w.levels.len)
		ids_free(&w.levels.at[--w.levels.len].folders);
	vec_free(&w.levels);
	vec_free(&w.linked);
	if (r < 0)
		return -1;
	*kib = (w.blocks + 1) / 2;
	return 0;
}
