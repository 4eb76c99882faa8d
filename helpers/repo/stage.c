#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "err.h"
#include "file.h"
#include "repo/describe.h"
#include "repo/stage.h"

#define PREFIX ".in."

const char *
stage_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

/* Opens what may be a package.  Returns -1 when it is none. */
static int
open_package(const char *path, struct stat *st)
{
	int fd = repo_file_ok(stage_name(path)) ?
	    open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC) : -1;

	if (fd < 0)
		return -1;
	if (fstat(fd, st) == 0 && S_ISREG(st->st_mode))
		return fd;
	close_keep(fd);
	return -1;
}

/* Makes it everybody's to read and root's to write, as far as we are root. */
static int
set_owner(int fd, const struct stat *st)
{
	if (geteuid() == 0 && (st->st_uid || st->st_gid) && fchown(fd, 0, 0) < 0)
		return -1;
	return fchmod(fd, 0644);
}

static int
copy(int from, int to)
{
	char s[65536];
	ssize_t n;

	if (lseek(from, 0, SEEK_SET) < 0)
		return -1;
	while ((n = read(from, s, sizeof(s))) != 0) {
		if (n < 0 && errno != EINTR)
			return -1;
		if (n > 0 && file_write(to, s, (size_t)n) < 0)
			return -1;
	}
	return 0;
}

/* A copy, where it cannot have a second name: on another file system. */
static int
link_far(const struct stage *s, int fd, const struct stat *st, const char *name)
{
	const struct timespec times[2] = { st->st_atim, st->st_mtim };
	int to = openat(s->dir, name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);

	if (to < 0)
		return -1;
	if (copy(fd, to) < 0 || fchmod(to, 0644) < 0 || futimens(to, times) < 0) {
		close_keep(to);
		return -1;
	}
	return close(to);
}

/* By its descriptor, so that what was looked at is what gets the name. */
static int
link_in(const struct stage *s, int fd, const struct stat *st, const char *name)
{
	char self[32];

	snprintf(self, sizeof(self), "/proc/self/fd/%d", fd);
	if (linkat(AT_FDCWD, self, s->dir, name, AT_SYMLINK_FOLLOW) == 0)
		return set_owner(fd, st);
	return errno == EXDEV || errno == EPERM || errno == EMLINK ?
	    link_far(s, fd, st, name) : -1;
}

static int
take(struct stage *s, int fd, const struct stat *st, struct staged *f)
{
	struct digest *d = digest_new(digest_algo("sha256", 6));
	struct package a = { .file = strdup(f->name) };
	int good = d && a.file && (f->bytes = digest_fd(d, fd, -1)) >= 0 &&
	    digest_hex(d, f->hex) == 0 && link_in(s, fd, st, f->name) == 0 &&
	    vec_push(&s->files, *f) == 0 && vec_push(&s->p.v, a) == 0;

	digest_free(d);
	return good ? 0 : -1;
}

static void
check_limits(struct stage *s, struct repo *r, const struct stage_limits *most,
    const struct stat *st, uint64_t *bytes)
{
	*bytes += (uint64_t)st->st_size;
	if (most->files && s->files.len == most->files)
		repo_failed(r, EX_NO, "more than %llu packages at once; the limit is [limit] packages",
		    (unsigned long long)most->files);
	if (most->bytes && *bytes > most->bytes)
		repo_failed(r, EX_NO, "packages of more than %llu bytes at once; the limit is "
		    "[limit] packages_size", (unsigned long long)most->bytes);
}

static int
by_file(const void *a, const void *b)
{
	return strcmp(((const struct package *)a)->file, ((const struct package *)b)->file);
}

void
stage_begin(struct stage *s, struct repo *r, char *const files[],
    const struct stage_limits *most)
{
	uint64_t bytes = 0;
	struct stat st;
	int fd;

	*s = (struct stage){ 0 };
	snprintf(s->folder, sizeof(s->folder), PREFIX "%d", (int)getpid());
	r->stage = s->folder;
	if (store_remove(r->out, s->folder) < 0 || mkdirat(r->out, s->folder, 0755) < 0 ||
	    (s->dir = openat(r->out, s->folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)) < 0 ||
	    flock(s->dir, LOCK_EX | LOCK_NB) < 0)
		die_sys(EX_CANTCREAT, "%s/output/%s/%s", r->store.path, r->branch, s->folder);
	for (; *files; files++) {
		struct staged f = { .path = *files, .name = stage_name(*files) };

		fd = open_package(*files, &st);
		if (fd < 0) {
			warn_msg("repository %s: %s is not the name of a package; left out",
			    r->branch, f.name);
			continue;
		}
		check_limits(s, r, most, &st, &bytes);
		if (take(s, fd, &st, &f) < 0)
			repo_failed_sys(r, "%s cannot be moved there", f.name);
		close(fd);
	}
	if (s->p.v.len)
		qsort(s->p.v.at, s->p.v.len, sizeof(*s->p.v.at), by_file);
}

const struct staged *
stage_find(const struct stage *s, const char *name)
{
	size_t i;

	for (i = 0; i < s->files.len; i++)
		if (!strcmp(s->files.at[i].name, name))
			return &s->files.at[i];
	return NULL;
}

/* What is said of a package comes from who has read what strangers wrote. */
static int
is_true(const struct staged *f, struct span stanza)
{
	struct span hex = stanza_get(stanza, "SHA256"), size = stanza_get(stanza, "Size");
	char bytes[32];
	int n = snprintf(bytes, sizeof(bytes), "%lld", f->bytes);

	return hex.len == strlen(f->hex) && !memcmp(hex.s, f->hex, hex.len) &&
	    size.len == (size_t)n && !memcmp(size.s, bytes, size.len);
}

void
stage_read(struct stage *s, struct repo *r)
{
	const struct describe at = { s->dir, "say" };
	struct package *a;
	size_t i, n = 0;

	describe(&s->p, r, &at);
	for (i = 0; i < s->p.v.len; i++) {
		a = &s->p.v.at[i];
		if (a->stanza.len && !is_true(stage_find(s, a->file), a->stanza)) {
			a->stanza = (struct span){ 0 };
			a->why = strdup("it is not what apt-ftparchive says of it");
		}
		if (a->stanza.len) {
			s->p.v.at[n++] = *a;
			continue;
		}
		repo_left_out(r, a->file, a->why ? a->why : "cannot be read");
		free(a->file);
		free(a->why);
	}
	s->p.v.len = n;
}

void
stage_end(struct stage *s, struct repo *r)
{
	if (store_remove(r->out, s->folder) < 0)
		repo_failed_sys(r, "%s cannot be removed", s->folder);
	r->stage = NULL;
	close(s->dir);
	vec_free(&s->files);
	packages_free(&s->p);
}

static void
sweep(const struct repo *r, const char *name)
{
	int fd = openat(r->out, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);

	if (fd < 0)
		return;
	if (flock(fd, LOCK_EX | LOCK_NB) == 0 && store_remove(r->out, name) < 0)
		note("repository %s: %s cannot be removed: %s", r->branch, name, strerror(errno));
	close(fd);
}

void
stage_sweep(const struct repo *r)
{
	int fd = openat(r->out, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *d = fd < 0 ? NULL : fdopendir(fd);
	struct dirent *e;

	if (!d) {
		close_keep(fd);
		return;
	}
	while ((e = readdir(d)))
		if (!strncmp(e->d_name, PREFIX, sizeof(PREFIX) - 1) &&
		    (!r->stage || strcmp(e->d_name, r->stage)))
			sweep(r, e->d_name);
	closedir(d);
}
