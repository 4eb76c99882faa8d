#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "file.h"
#include "store/built.h"

/* Adds "built/BRANCH/KEY" to path. */
static int
path_of(struct buf *path, const char *branch, const char *unit)
{
	if (!store_name_ok(branch)) {
		errno = EINVAL;
		return -1;
	}
	return buf_printf(path, "built/%s/", branch) < 0 ? -1 : unit_key(path, unit);
}

static int
bad(void)
{
	errno = EBADMSG;
	return -1;
}

static int
add_package(struct built *b, const char *name)
{
	const char **more;

	if (!store_name_ok(name))
		return bad();
	if ((b->n & (b->n - 1)) == 0) {	/* room for a power of two */
		more = realloc(b->packages, (b->n ? 2 * b->n : 1) * sizeof(*more));
		if (!more)
			return -1;
		b->packages = more;
	}
	b->packages[b->n++] = name;
	return 0;
}

static int
read_line(struct built *b, char *line)
{
	char *value = strchr(line, '=');

	if (!value)
		return bad();
	*value++ = '\0';
	if (!strcmp(line, "version"))
		b->version = value;
	else if (!strcmp(line, "bundle"))
		b->bundle = value;
	else if (!strcmp(line, "modifiers"))
		b->modifiers = value;
	else if (!strcmp(line, "package"))
		return add_package(b, value);
	return 0;
}

static int
read_lines(struct built *b)
{
	char *line = b->text.s, *end;

	if (!line || strlen(line) != b->text.len)
		return bad();
	for (; *line; line = end + 1) {
		end = strchr(line, '\n');
		if (!end)
			return bad();
		*end = '\0';
		if (read_line(b, line) < 0)
			return -1;
	}
	return b->version && b->bundle && b->n ? 0 : bad();
}

int
built_read(const struct store *s, const char *branch, const char *unit, struct built *b)
{
	struct buf path = { 0 };
	int r = -1, err;

	*b = (struct built){ .modifiers = "" };
	if (path_of(&path, branch, unit) == 0 &&
	    file_get(s->dir, path.s, STORE_TEXT, &b->text) == 0)
		r = read_lines(b);
	err = errno;
	buf_free(&path);
	if (r < 0)
		built_free(b);
	errno = err;
	return r;
}

void
built_free(struct built *b)
{
	free(b->packages);
	buf_free(&b->text);
	b->packages = NULL;
}

static int
is_later(const struct timespec *a, const struct timespec *b)
{
	return a->tv_sec != b->tv_sec ? a->tv_sec > b->tv_sec : a->tv_nsec > b->tv_nsec;
}

int
built_read_newest(const struct store *s, const char *branch, const char *unit,
    const char *path, struct built *b)
{
	struct timespec ours, others;
	struct buf other = { 0 };
	int r;

	*b = (struct built){ .modifiers = "" };
	r = unit_other_name(&other, unit, path);
	if (r == 0 && other.len && built_time(s, branch, other.s, &others) == 0 &&
	    (built_time(s, branch, unit, &ours) < 0 || is_later(&others, &ours)))
		unit = other.s;
	r = r < 0 ? -1 : built_read(s, branch, unit, b);
	buf_free(&other);
	return r;
}

int
built_write(const struct store *s, const char *branch, const char *unit,
    const struct built *b)
{
	struct buf path = { 0 }, text = { 0 };
	int r = -1, err;
	size_t i;

	if (buf_printf(&text, "version=%s\nbundle=%s\n", b->version, b->bundle) < 0 ||
	    (*b->modifiers && buf_printf(&text, "modifiers=%s\n", b->modifiers) < 0))
		goto out;
	for (i = 0; i < b->n; i++)
		if (buf_printf(&text, "package=%s\n", b->packages[i]) < 0)
			goto out;
	if (path_of(&path, branch, unit) < 0)
		goto out;
	*strrchr(path.s, '/') = '\0';
	if (store_mkdir(s, path.s) == 0) {
		path.s[strlen(path.s)] = '/';
		r = file_put(s->dir, path.s, text.s, text.len);
	}
out:
	err = errno;
	buf_free(&path);
	buf_free(&text);
	errno = err;
	return r;
}

/* Whether the record path says that file was made. */
static int
has_package(const struct store *s, const char *path, const char *line, size_t len)
{
	struct buf text = { 0 };
	int r = file_get(s->dir, path, STORE_TEXT, &text);

	if (r == 0)
		r = text.len && memmem(text.s, text.len, line, len);
	else if (errno == ENOENT || errno == EINVAL)
		r = 0;
	buf_free(&text);
	return r;
}

/* Whether key is that of a unit of the same name: a bundle that lies elsewhere now, in
 * another category or on its own, goes on with what it made. */
static int
is_namesake(const char *key, const char *ours)
{
	const char *name = strrchr(ours, '_');
	size_t n = strlen(key), len;

	name = name ? name + 1 : ours;
	len = strlen(name);
	return n >= len && !strcmp(key + n - len, name) && (n == len || key[n - len - 1] == '_');
}

int
built_by_another(const struct store *s, const char *branch, const char *unit,
    const char *file, struct buf *owner)
{
	struct buf ours = { 0 }, line = { 0 }, path = { 0 };
	char **names = NULL;
	long n = -1, i;
	int r = -1;

	if (unit_key(&ours, unit) == 0 && buf_printf(&line, "\npackage=%s\n", file) == 0 &&
	    buf_printf(&path, "built/%s", branch) == 0)
		n = store_names(s, path.s, &names);
	for (i = r = n < 0 ? -1 : 0; r == 0 && i < n; i++) {
		path.len = 0;
		if (is_namesake(names[i], ours.s))
			continue;
		r = buf_printf(&path, "built/%s/%s", branch, names[i]) < 0 ? -1 :
		    has_package(s, path.s, line.s, line.len);
		if (r > 0 && buf_puts(owner, names[i]) < 0)
			r = -1;
	}
	if (names)
		store_names_free(names, n);
	buf_free(&ours);
	buf_free(&line);
	buf_free(&path);
	return r;
}

int
built_time(const struct store *s, const char *branch, const char *unit,
    struct timespec *when)
{
	struct buf path = { 0 };
	struct stat st;
	int r = -1, err;

	if (path_of(&path, branch, unit) == 0)
		r = fstatat(s->dir, path.s, &st, AT_SYMLINK_NOFOLLOW);
	if (r == 0)
		*when = st.st_mtim;
	err = errno;
	buf_free(&path);
	errno = err;
	return r;
}
