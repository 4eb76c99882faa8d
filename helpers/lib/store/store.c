#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "file.h"
#include "store/store.h"

/* What others may do with the folders at the top.  What is below those that they cannot
 * enter needs no rule, and belongs to containers. */
static const struct mode {
	const char *path;
	mode_t mode;
} modes[] = {
	{ ".", 0711 },
	{ "cache", 0711 },
	{ "cache/sources", 0755 },
	{ "output", 0755 },
	{ "built", 0755 }, { "ref", 0755 }, { "cache/names", 0755 },	/* for plans */
	{ "groups", 0700 }, { "jobs", 0700 }, { "layers", 0700 },
	{ "lock", 0700 }, { "log", 0700 }, { "tmp", 0700 }, { "trash", 0700 }, { "work", 0700 },
	{ "cache/debs", 0700 }, { "cache/deps", 0700 }, { "cache/repo", 0700 },
	{ "cache/vcs", 0700 },
};

static const size_t mode_count = sizeof(modes) / sizeof(*modes);

static mode_t
mode_of(const char *path)
{
	size_t i;

	for (i = 0; i < mode_count; i++)
		if (!strcmp(modes[i].path, path))
			return modes[i].mode;
	return 0755;
}

/* Whether m's folder is more open than it should be, with its mode in *is. */
static int
is_open(const struct store *s, const struct mode *m, mode_t *is)
{
	struct stat st;

	if (fstatat(s->dir, m->path, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return errno == ENOENT ? 0 : -1;
	*is = st.st_mode & 0777;
	return S_ISDIR(st.st_mode) && (*is & ~m->mode);
}

/* Who owns it may close it; others cannot have opened it. */
static int
close_folder(const struct store *s, const struct mode *m, mode_t is)
{
	if (fchmodat(s->dir, m->path, is & m->mode, 0) == 0)
		return 0;
	return errno == EPERM || errno == EROFS || errno == EACCES ? 0 : -1;
}

/* Closes those that are too open; or, with b, says which they are. */
static int
look_at_modes(const struct store *s, struct buf *b)
{
	size_t i;
	mode_t is;
	int r = 0;

	for (i = 0; i < mode_count && r >= 0; i++) {
		r = is_open(s, &modes[i], &is);
		if (r > 0)
			r = b ? buf_printf(b, "%s %04o %04o\n", modes[i].path, is, modes[i].mode) :
			    close_folder(s, &modes[i], is);
		else if (r < 0 && errno == EACCES)	/* it is somebody's who closed it */
			r = 0;
	}
	return r < 0 ? -1 : 0;
}

int
store_modes(const struct store *s, struct buf *b)
{
	return look_at_modes(s, b);
}

int
store_open_as_is(struct store *s, const char *path)
{
	s->path = path;
	s->dir = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
	return s->dir < 0 ? -1 : 0;
}

int
store_open(struct store *s, const char *path)
{
	if (file_mkdirs(path) < 0 || store_open_as_is(s, path) < 0)
		return -1;
	return look_at_modes(s, NULL);
}

int
store_mkdir(const struct store *s, const char *path)
{
	char *copy, *at;
	int r = 0;

	if (mkdirat(s->dir, path, mode_of(path)) == 0 || errno == EEXIST)
		return 0;
	if (errno != ENOENT)
		return -1;
	copy = strdup(path);
	if (!copy)
		return -1;
	for (at = copy; r == 0 && (at = strchr(at, '/')); at++) {
		*at = '\0';
		r = mkdirat(s->dir, copy, mode_of(copy)) < 0 && errno != EEXIST ? -1 : 0;
		*at = '/';
	}
	if (r == 0)
		r = mkdirat(s->dir, copy, mode_of(copy)) < 0 && errno != EEXIST ? -1 : 0;
	free(copy);
	return r;
}

int
store_name_ok(const char *text)
{
	static const char safe[] =
	    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
	    "0123456789._+~@-";

	return *text && *text != '.' && *text != '-' &&
	    text[strspn(text, safe)] == '\0';
}

int
store_line(const struct store *s, const char *path, struct buf *b)
{
	struct buf text = { 0 };
	int r = file_get(s->dir, path, STORE_TEXT, &text);

	if (r == 0)
		r = buf_put(b, text.s ? text.s : "", text.s ? strcspn(text.s, "\n") : 0);
	buf_free(&text);
	return r;
}

int
store_value(const char *text, const char *key, struct buf *b)
{
	size_t n = strlen(key);

	while (text && *text) {
		if (!strncmp(text, key, n) && text[n] == '=')
			return buf_put(b, text + n + 1, strcspn(text + n + 1, "\n"));
		text = strchr(text, '\n');
		text += text ? 1 : 0;
	}
	errno = ENOENT;
	return -1;
}

static int
by_bytes(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static int
add(char ***names, long n, const char *name)
{
	char **more;

	if ((n & (n - 1)) == 0) {	/* room for a power of two */
		more = realloc(*names, (size_t)(n ? 2 * n : 1) * sizeof(**names));
		if (!more)
			return -1;
		*names = more;
	}
	(*names)[n] = strdup(name);
	return (*names)[n] ? 0 : -1;
}

long
store_names(const struct store *s, const char *path, char ***names)
{
	int fd = openat(s->dir, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC), err;
	struct dirent *e;
	long n = 0;
	DIR *d;

	*names = NULL;
	if (fd < 0)
		return errno == ENOENT ? 0 : -1;
	d = fdopendir(fd);
	if (!d) {
		err = errno;
		close(fd);
		errno = err;
		return -1;
	}
	while ((errno = 0, e = readdir(d)))
		if (store_name_ok(e->d_name)) {
			if (add(names, n, e->d_name) < 0)
				break;
			n++;
		}
	err = errno;
	closedir(d);
	if (err) {
		store_names_free(*names, n);
		*names = NULL;
		errno = err;
		return -1;
	}
	if (n)
		qsort(*names, (size_t)n, sizeof(**names), by_bytes);
	return n;
}

void
store_names_free(char **names, long n)
{
	while (n > 0)
		free(names[--n]);
	free(names);
}
