#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "err.h"
#include "file.h"
#include "repo/repo.h"

/* Opens the folder name below another one. */
static int
open_folder(int dir, const char *name)
{
	return openat(dir, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
}

static void
cannot_make(const struct repo *r)
{
	die_sys(EX_CANTCREAT, "%s/output/%s: no index can be made there", r->store.path,
	    r->branch);
}

void
repo_open(struct repo *r, int make)
{
	char path[STORE_NAME + 16];

	snprintf(path, sizeof(path), "output/%s", r->branch);
	if (make && store_mkdir(&r->store, path) < 0)
		cannot_make(r);
	r->out = open_folder(r->store.dir, path);
	if (r->out < 0 && errno == ENOENT)
		die(EX_NOINPUT, "repository %s: there is none; nothing has been built "
		    "for that branch", r->branch);
	if (r->out < 0)
		die_sys(err_code(errno), "%s/%s", r->store.path, path);
}

int
repo_lock(const struct repo *r)
{
	char text[STORE_NAME + 64];
	int fd;

	snprintf(text, sizeof(text), "the packages of %s are being indexed", r->branch);
	fd = lock_take(&r->store, "repo", r->branch, LOCK_WAIT, text);
	if (fd < 0)
		die_sys(errno == EDEADLK ? EX_SOFTWARE : err_code(errno),
		    "repository %s: its lock", r->branch);
	return fd;
}

void
repo_clear(const struct repo *r)
{
	int fd = open_folder(r->made, ".");
	DIR *d = fd < 0 ? NULL : fdopendir(fd);
	struct dirent *e;

	if (!d) {
		close_keep(fd);
		return;
	}
	while ((e = readdir(d)))
		if (strcmp(e->d_name, ".") && strcmp(e->d_name, ".."))
			store_remove(r->made, e->d_name);
	closedir(d);
}

void
repo_begin(struct repo *r)
{
	char path[STORE_NAME + 16];

	snprintf(path, sizeof(path), "cache/repo/%s", r->branch);
	if (store_mkdir(&r->store, path) < 0 ||
	    (mkdirat(r->out, ".new", 0755) < 0 && errno != EEXIST) ||
	    (mkdirat(r->out, "by-hash", 0755) < 0 && errno != EEXIST) ||
	    (mkdirat(r->out, "by-hash/SHA256", 0755) < 0 && errno != EEXIST))
		cannot_make(r);
	r->cache = open_folder(r->store.dir, path);
	r->made = open_folder(r->out, ".new");
	if (r->cache < 0 || r->made < 0)
		cannot_make(r);
	repo_clear(r);
}

static void
failed(const struct repo *r, int code, const char *sys, const char *fmt, va_list ap)
{
	char text[2048];

	vsnprintf(text, sizeof(text), fmt, ap);
	if (r->stage)
		store_remove(r->out, r->stage);
	if (r->made)
		repo_clear(r);
	die(code, "repository %s: %s%s%s; its index stays as it was", r->branch, text,
	    sys ? ": " : "", sys ? sys : "");
}

void
repo_failed(const struct repo *r, int code, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	failed(r, code, NULL, fmt, ap);
	va_end(ap);
	abort();
}

void
repo_failed_sys(const struct repo *r, const char *fmt, ...)
{
	const char *sys = strerror(errno);
	va_list ap;

	va_start(ap, fmt);
	failed(r, EX_IOERR, sys, fmt, ap);
	va_end(ap);
	abort();
}

void
repo_left_out(struct repo *r, const char *file, const char *why)
{
	warn_msg("repository %s: %s: %s; left out", r->branch, file, why);
	r->left_out++;
}

int
repo_file_ok(const char *name)
{
	size_t n = strlen(name);

	return store_name_ok(name) && n > 4 && !strcmp(name + n - 4, ".deb");
}

int
repo_put(const struct repo *r, const char *name, const char *s, size_t len)
{
	int fd = openat(r->made, name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);

	if (fd < 0)
		return -1;
	if (file_write(fd, s, len) < 0) {
		close_keep(fd);
		return -1;
	}
	return close(fd);
}
