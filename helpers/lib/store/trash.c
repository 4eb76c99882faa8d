#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "store/store.h"

enum { TRIES = 1000 };

int
store_trash(const struct store *s, const char *path)
{
	static unsigned count;
	char name[64], to[80];
	int i;

	if (faccessat(s->dir, path, F_OK, AT_SYMLINK_NOFOLLOW) < 0)
		return errno == ENOENT ? 0 : -1;
	if (store_mkdir(s, "trash") < 0)
		return -1;
	for (i = 0; i < TRIES; i++) {
		snprintf(name, sizeof(name), "trash/%d.%u", (int)getpid(), ++count);
		if (mkdirat(s->dir, name, 0700) == 0)
			break;
		if (errno != EEXIST)
			return -1;
	}
	if (i == TRIES)
		return -1;
	snprintf(to, sizeof(to), "%s/0", name);
	if (renameat(s->dir, path, s->dir, to) == 0 || errno == ENOENT)
		return 0;
	i = errno;
	unlinkat(s->dir, name, AT_REMOVEDIR);
	errno = i;
	return -1;
}

int
store_discard(const struct store *s, const char *path)
{
	if (store_trash(s, path) == 0)
		return 0;
	if (errno != ENOSPC && errno != EDQUOT)
		return -1;
	return store_remove(s->dir, path);
}

static DIR *
folder_open(int dir, const char *name)
{
	int flags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;
	int fd = openat(dir, name, flags), err;
	DIR *d;

	/* A build may have made it so that nobody may read it. */
	if (fd < 0 && errno == EACCES && fchmodat(dir, name, 0700, 0) == 0)
		fd = openat(dir, name, flags);
	if (fd < 0)
		return NULL;
	d = fdopendir(fd);
	if (!d) {
		err = errno;
		close(fd);
		errno = err;
	}
	return d;
}

static struct dirent *
folder_next(DIR *d)
{
	struct dirent *e;

	do
		e = readdir(d);
	while (e && (!strcmp(e->d_name, ".") || !strcmp(e->d_name, "..")));
	return e;
}

/* Empties the folder name in top: its files go, and its folders are moved up into
 * top, so that no depth of folders takes more descriptors or stack than another.
 * Returns 0, or the errno of what could not be removed. */
static int
flatten(int top, const char *name, unsigned *moved)
{
	DIR *d = folder_open(top, name);
	struct dirent *e;
	char to[32];
	int err = 0, r;

	if (!d)
		return errno;
	while ((e = folder_next(d))) {
		if (unlinkat(dirfd(d), e->d_name, 0) == 0 || errno == ENOENT)
			continue;
		if (errno != EISDIR && errno != EPERM) {
			err = errno;
			continue;
		}
		do {
			snprintf(to, sizeof(to), ".moved.%u", ++*moved);
			r = renameat2(dirfd(d), e->d_name, top, to, RENAME_NOREPLACE);
		} while (r < 0 && errno == EEXIST);
		if (r < 0)
			err = errno;
	}
	closedir(d);
	if (unlinkat(top, name, AT_REMOVEDIR) < 0 && !err)
		err = errno;
	return err;
}

/* What top holds, until nothing is left or nothing can be removed any more. */
static int
remove_below(DIR *top)
{
	unsigned moved = 0, gone;
	struct dirent *e;
	int err;

	do {
		gone = 0;
		err = 0;
		rewinddir(top);
		while ((e = folder_next(top))) {
			if (unlinkat(dirfd(top), e->d_name, 0) == 0) {
				gone++;
				continue;
			}
			if (errno == EISDIR || errno == EPERM)
				errno = flatten(dirfd(top), e->d_name, &moved);
			if (errno)
				err = errno;
			else
				gone++;
		}
	} while (gone);
	errno = err;
	return err ? -1 : 0;
}

static int
remove_folder(int dir, const char *name)
{
	DIR *top = folder_open(dir, name);
	int r, err;

	if (!top)
		return -1;
	r = remove_below(top);
	err = errno;
	closedir(top);
	errno = err;
	return r < 0 ? -1 : unlinkat(dir, name, AT_REMOVEDIR);
}

int
store_remove(int dir, const char *path)
{
	struct stat st;

	if (fstatat(dir, path, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return errno == ENOENT ? 0 : -1;
	if (!S_ISDIR(st.st_mode))
		return unlinkat(dir, path, 0);
	return remove_folder(dir, path);
}

/* Whether what is called name is nobody's who lives: "PID.N". */
static int
is_over(const char *name)
{
	char proc[32];
	long pid = strtol(name, NULL, 10);

	if (pid == getpid())
		return 1;
	snprintf(proc, sizeof(proc), "/proc/%ld", pid);
	return access(proc, F_OK) < 0;
}

int
store_trash_empty(const struct store *s)
{
	char **names, from[STORE_NAME + 8], to[STORE_NAME + 32];
	long n = store_names(s, "trash", &names), i;
	int err = n < 0 ? errno : 0;

	for (i = 0; i < n; i++) {
		if (!is_over(names[i]))
			continue;
		snprintf(from, sizeof(from), "trash/%s", names[i]);
		snprintf(to, sizeof(to), "trash/%d.x%ld", (int)getpid(), i);
		/* It is ours alone from here on: others may be emptying it, too. */
		if (renameat(s->dir, from, s->dir, to) == 0) {
			if (store_remove(s->dir, to) < 0)
				err = errno;
		} else if (errno != ENOENT) {
			err = errno;
		}
	}
	store_names_free(names, n);
	errno = err;
	return err ? -1 : 0;
}
