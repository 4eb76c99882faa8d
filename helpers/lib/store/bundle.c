#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "digest.h"
#include "file.h"
#include "store/bundle.h"
#include "vec.h"

enum { ROOM = 1 << 16 };

struct walk {
	struct bundle *b;
	struct digest *digest;	/* of the file that is read */
	struct buf path;	/* of the entry that is read, seen from the bundle */
	struct buf lines;	/* one of each file and link, a NUL behind it */
	VEC(size_t) at;		/* where each line begins */
	uint64_t bytes;
	unsigned entries, depth;
	char *room;		/* ROOM bytes of a file */
};

static int folder(struct walk *w, int from, int to);

const char *
bundle_wrong(int dir)
{
	const char *wrong = "there is no autobuild folder in it";
	struct dirent *e;
	struct stat st;
	int fd;
	DIR *d;

	if (fstatat(dir, "spec", &st, AT_SYMLINK_NOFOLLOW) < 0 || !S_ISREG(st.st_mode))
		return "there is no spec in it";
	fd = openat(dir, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	d = fd < 0 ? NULL : fdopendir(fd);
	if (!d) {
		close_keep(fd);
		return "it cannot be read";
	}
	while (wrong && (e = readdir(d)))
		if ((!strcmp(e->d_name, "autobuild") ||
		    (isdigit((unsigned char)e->d_name[0]) &&
		    isdigit((unsigned char)e->d_name[1]) && e->d_name[2] == '-')) &&
		    fstatat(dir, e->d_name, &st, 0) == 0 && S_ISDIR(st.st_mode))
			wrong = NULL;
	closedir(d);
	return wrong;
}

/* A line of what the digest is of has tabs between its fields, so there are none in
 * them. */
static int
put_escaped(struct buf *b, const char *s)
{
	size_t n;

	for (; *s; s += n) {
		n = strcspn(s, "\\\n\t");
		if (n ? buf_put(b, s, n) < 0 : buf_puts(b, *s == '\\' ? "\\\\" :
		    *s == '\n' ? "\\n" : "\\t") < 0)
			return -1;
		n += n == 0;
	}
	return 0;
}

static int
add_line(struct walk *w, const char *kind, const char *what)
{
	if (vec_push(&w->at, w->lines.len) < 0 ||
	    put_escaped(&w->lines, w->path.s) < 0 || buf_puts(&w->lines, kind) < 0 ||
	    put_escaped(&w->lines, what) < 0)
		return -1;
	return buf_putc(&w->lines, '\0');
}

static int
leave_out(struct walk *w, const char *why)
{
	return buf_printf(&w->b->left_out, "%s: %s\n", w->path.s, why);
}

/* What in holds, to out unless that is -1, and into the digest.  Its size is what
 * st_size says, or whatever comes when that is wrong. */
static int
read_file(struct walk *w, int in, int out, off_t size)
{
	off_t got = 0;
	ssize_t n;

	if (digest_reset(w->digest) < 0)
		return -1;
	do {
		n = read(in, w->room, ROOM);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -1;
		got += n;
		w->bytes += (uint64_t)n;
		if (w->bytes > BUNDLE_BYTES) {
			errno = EFBIG;
			return -1;
		}
		if (digest_add(w->digest, w->room, (size_t)n) < 0 ||
		    (out >= 0 && file_write(out, w->room, (size_t)n) < 0))
			return -1;
	} while (n && got != size);
	return 0;
}

static int
set_meta(int fd, const struct stat *st)
{
	struct timespec times[] = { st->st_atim, st->st_mtim };

	return fchmod(fd, st->st_mode & 01777) < 0 ? -1 : futimens(fd, times);
}

static int
copy_file(struct walk *w, int in, const struct stat *st, int to, const char *name)
{
	int out = -1;

	/* Before it is read: a hole takes no room, but time. */
	if ((uint64_t)st->st_size > BUNDLE_BYTES - w->bytes) {
		errno = EFBIG;
		return -1;
	}
	if (to >= 0) {
		out = openat(to, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW |
		    O_CLOEXEC, 0600);
		if (out < 0)
			return -1;
	}
	if (read_file(w, in, out, st->st_size) < 0 || (out >= 0 && set_meta(out, st) < 0)) {
		close_keep(out);
		return -1;
	}
	return out >= 0 ? close(out) : 0;
}

static int
regular(struct walk *w, int from, int to, const char *name)
{
	int in = openat(from, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	char hex[DIGEST_HEX];
	struct stat st;
	int r = -1;

	if (in < 0)
		return -1;
	if (fstat(in, &st) < 0)
		goto out;
	if (!S_ISREG(st.st_mode)) {
		r = leave_out(w, "became something else meanwhile");
		goto out;
	}
	if (to >= 0 && st.st_mode & 06000 &&
	    leave_out(w, "its set-user-ID or set-group-ID bit") < 0)
		goto out;
	if (st.st_mtime > w->b->newest)
		w->b->newest = st.st_mtime;
	if (copy_file(w, in, &st, to, name) == 0 && digest_hex(w->digest, hex) == 0)
		r = add_line(w, st.st_mode & 01111 ? "\tprogram\t" : "\tfile\t", hex);
out:
	close_keep(in);
	return r;
}

static int
symlink_of(struct walk *w, int from, int to, const char *name)
{
	char target[PATH_MAX];
	ssize_t n = readlinkat(from, name, target, sizeof(target) - 1);
	struct stat st;

	if (n < 0)
		return -1;
	target[n] = '\0';
	if (to >= 0) {
		if (fstatat(from, name, &st, AT_SYMLINK_NOFOLLOW) < 0 ||
		    symlinkat(target, to, name) < 0 ||
		    utimensat(to, name, (struct timespec[]){ st.st_atim, st.st_mtim },
		    AT_SYMLINK_NOFOLLOW) < 0)
			return -1;
	}
	return add_line(w, "\tlink\t", target);
}

static int
subfolder(struct walk *w, int from, int to, const char *name)
{
	int flags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;
	int in = openat(from, name, flags), out = -1, r = -1;

	if (in < 0)
		return -1;
	if (++w->depth > BUNDLE_DEPTH) {
		errno = ENAMETOOLONG;
		goto fail;
	}
	if (to >= 0) {
		if (mkdirat(to, name, 0700) < 0 || (out = openat(to, name, flags)) < 0)
			goto fail;
	}
	r = folder(w, in, out);
	close_keep(out);
	w->depth--;
	return r;
fail:
	close_keep(in);
	return -1;
}

static int
entry(struct walk *w, int from, int to, const struct dirent *e)
{
	size_t len = w->path.len;
	unsigned type = e->d_type;
	struct stat st;
	int r;

	if (buf_puts(&w->path, len ? "/" : "") < 0 || buf_puts(&w->path, e->d_name) < 0)
		return -1;
	if (++w->entries > BUNDLE_ENTRIES) {
		errno = E2BIG;
		return -1;
	}
	if (w->path.len >= PATH_MAX) {
		errno = ENAMETOOLONG;
		return -1;
	}
	if (type == DT_UNKNOWN) {
		if (fstatat(from, e->d_name, &st, AT_SYMLINK_NOFOLLOW) < 0)
			return -1;
		type = IFTODT(st.st_mode);
	}
	switch (type) {
	case DT_REG: r = regular(w, from, to, e->d_name); break;
	case DT_LNK: r = symlink_of(w, from, to, e->d_name); break;
	case DT_DIR: r = subfolder(w, from, to, e->d_name); break;
	default: r = to < 0 ? 0 : leave_out(w, "neither a folder, a file nor a link");
	}
	if (r == 0) {
		w->path.len = len;
		w->path.s[len] = '\0';
	}
	return r;
}

/* Reads the folder from, and closes it.  What it says of itself goes to its copy
 * last, since filling that changes its time. */
static int
folder(struct walk *w, int from, int to)
{
	DIR *d = fdopendir(from);
	struct dirent *e;
	struct stat st;
	int r = 0, err;

	if (!d) {
		close_keep(from);
		return -1;
	}
	while (r == 0 && (errno = 0, e = readdir(d)))
		if (strcmp(e->d_name, ".") && strcmp(e->d_name, ".."))
			r = entry(w, from, to, e);
	if (r == 0 && errno)
		r = -1;
	if (r == 0 && to >= 0)
		r = fstat(from, &st) < 0 ? -1 : set_meta(to, &st);
	err = errno;
	closedir(d);
	errno = err;
	return r;
}

static int
by_bytes(const void *a, const void *b, void *text)
{
	return strcmp((char *)text + *(const size_t *)a, (char *)text + *(const size_t *)b);
}

/* The digest of all lines, in the order of their bytes. */
static int
finish(struct walk *w)
{
	char hex[DIGEST_HEX];
	const char *line;
	size_t i;

	if (w->at.len)
		qsort_r(w->at.at, w->at.len, sizeof(*w->at.at), by_bytes, w->lines.s);
	if (digest_reset(w->digest) < 0)
		return -1;
	for (i = 0; i < w->at.len; i++) {
		line = w->lines.s + w->at.at[i];
		if (digest_add(w->digest, line, strlen(line)) < 0 ||
		    digest_add(w->digest, "\n", 1) < 0)
			return -1;
	}
	if (digest_hex(w->digest, hex) < 0)
		return -1;
	memcpy(w->b->digest, hex, BUNDLE_HEX);
	return 0;
}

int
bundle_read(int from, int to, struct bundle *b)
{
	struct walk w = { .b = b };
	int fd, r = -1, err;

	*b = (struct bundle){ 0 };
	fd = openat(from, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return -1;
	w.room = malloc(ROOM);
	w.digest = digest_new(digest_algo("sha256", 6));
	if (w.room && w.digest)
		r = folder(&w, fd, to) == 0 ? finish(&w) : -1;
	else
		close_keep(fd);
	err = errno;
	b->at = w.path;
	digest_free(w.digest);
	buf_free(&w.lines);
	vec_free(&w.at);
	free(w.room);
	errno = err;
	return r;
}

void
bundle_free(struct bundle *b)
{
	buf_free(&b->left_out);
	buf_free(&b->at);
}

int
bundle_digest(int dir, char hex[BUNDLE_HEX])
{
	struct bundle b;
	int r = bundle_read(dir, -1, &b), err = errno;

	if (r == 0)
		memcpy(hex, b.digest, BUNDLE_HEX);
	bundle_free(&b);
	errno = err;
	return r;
}

const char *
bundle_error(int err)
{
	switch (err) {
	case EFBIG: return "it holds more than 1 GiB";
	case E2BIG: return "it holds more than 262144 files and folders";
	case ENAMETOOLONG: return "its folders lie too deep in each other";
	}
	return NULL;
}
