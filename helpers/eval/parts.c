#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "eval/parts.h"
#include "eval/names.h"

int
parts_init(struct parts *b, const char *arch)
{
	*b = (struct parts){ 0 };
	return package_init(&b->p, arch);
}

void
parts_free(struct parts *b)
{
	package_free(&b->p);
	buf_free(&b->text);
}

/* Opens a file of the bundle.  Returns a descriptor; or -1 with errno set, EINVAL
 * for what is there and no file. */
static int
open_file(int dir, const char *path)
{
	/* A FIFO, even one that nobody writes to, must not hold us up. */
	struct open_how how = {
		.flags = O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY,
		.resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS,
	};
	struct stat st;
	int fd = (int)syscall(SYS_openat2, dir, path, &how, sizeof(how)), err;

	if (fd < 0) {
		if (errno == ENXIO)
			errno = EINVAL;	/* a socket */
		return -1;
	}
	if (fstat(fd, &st) == 0) {
		if (S_ISREG(st.st_mode))
			return fd;
		errno = EINVAL;
	}
	err = errno;
	close(fd);
	errno = err;
	return -1;
}

static const char *
reason(int err)
{
	switch (err) {
	case ELOOP: return "a symbolic link, which is not followed";
	case EINVAL: return "not a file";
	case EFBIG: return "more than 4 MiB";
	default: return strerror(err);
	}
}

/* Reads a file of the bundle into b->text.  Returns 1, 0 when there is none; or
 * -1 after a line that says what is wrong with it. */
static int
read_text(struct parts *b, const char *path)
{
	int fd = open_file(b->dir, path), got, err = errno;

	if (fd < 0 && (err == ENOENT || err == ENOTDIR))
		return 0;
	if (fd < 0) {
		package_bad(&b->p, 0, reason(err));
		return -1;
	}
	b->text.len = 0;
	got = buf_read(&b->text, fd, EVAL_FILE);
	err = errno;
	close(fd);
	if (got == 0)
		return 1;
	package_bad(&b->p, 0, reason(err));
	return -1;
}

/* The same for a defines, with the line of its package.  Returns 0 when there is
 * none, else 1. */
static int
part(struct parts *b, const char *shown, const char *file, const char *path)
{
	int got;

	b->p.part = shown;
	b->p.file = file;
	got = read_text(b, path);
	if (got > 0)
		package_defines(&b->p, b->text.s, b->text.len);
	return got != 0;
}

/* By the number that they begin with, however long; then by bytes. */
static int
by_number(const void *a, const void *b)
{
	const char *s = ((const struct name *)a)->raw;
	const char *t = ((const struct name *)b)->raw;
	const char *x = s + strspn(s, "0"), *y = t + strspn(t, "0");
	size_t n = strspn(x, "0123456789"), m = strspn(y, "0123456789");
	int order = n != m ? (n > m) - (n < m) : memcmp(x, y, n);

	return order ? order : strcmp(s, t);
}

/* Whether it may be a folder called 01-NAME.  A link to one is, to be told. */
static int
may_be_part(int dir, const struct dirent *e)
{
	return *e->d_name >= '0' && *e->d_name <= '9' &&
	    strchr(e->d_name, '-') &&
	    (e->d_type == DT_LNK || e->d_type == DT_UNKNOWN ||
	    names_folder(dir, e));
}

/* One sub-package.  Returns 0 when the folder holds none, else 1. */
static int
one_part(struct parts *b, const struct name *name)
{
	struct buf file = { 0 }, path = { 0 };
	int got = 0;

	if (buf_printf(&file, "%s/defines", name->shown) < 0 ||
	    buf_printf(&path, "%s/defines", name->raw) < 0)
		b->p.failed = 1;
	else
		got = part(b, name->shown, file.s, path.s);
	buf_free(&file);
	buf_free(&path);
	return got;
}

static void
sub_packages(struct parts *b)
{
	struct names l = { 0 };
	const char *what = NULL;
	size_t i, found = 0;

	if (names_read(&l, b->dir, may_be_part, by_number) < 0) {
		what = strerror(errno);
	} else {
		for (i = 0; i < l.n; i++)
			found += (size_t)one_part(b, &l.v[i]);
		if (!found)
			what = "neither autobuild/defines nor 01-NAME/defines";
	}
	b->p.part = b->p.file = ".";
	if (what)
		package_bad(&b->p, 0, what);
	names_free(&l);
}

int
parts_read(struct parts *b, int dir, const char *shown)
{
	size_t before = b->p.out.len;
	int got;

	b->dir = dir;
	b->p.dir = shown;
	b->p.part = ".";
	b->p.file = "spec";
	got = read_text(b, "spec");
	if (got > 0 && package_spec(&b->p, b->text.s, b->text.len) == 0 &&
	    !part(b, ".", "autobuild/defines", "autobuild/defines"))
		sub_packages(b);
	if (!b->p.failed)
		return got != 0;
	b->p.out.len = before;
	errno = ENOMEM;
	return -1;
}
