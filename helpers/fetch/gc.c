#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "err.h"
#include "opt.h"
#include "fetch/gc.h"

#define GRACE 60		/* seconds from use in which a file stays */
#define PART_AGE 86400		/* seconds that a part is kept to be gone on with */

/* Removes h, under its lock, unless it was asked for since it was listed.
 * Returns 1, 0 when it has to stay, or -1 with errno set. */
static int
drop(const struct held *h, const char *why)
{
	struct timespec used = h->used;
	int lock, r = 0;

	if (opt_dry) {
		inventory_put(why, h);
		return 1;
	}
	lock = cache_lock(h->entry.key);
	if (lock < 0)
		return errno == EWOULDBLOCK ? 0 : -1;
	if (cache_recall(&h->entry, NULL, &used) == 0 &&
	    used.tv_sec == h->used.tv_sec && used.tv_nsec == h->used.tv_nsec)
		r = cache_remove(&h->entry) < 0 ? -1 : 1;
	cache_unlock(h->entry.key, lock);
	if (r == 1)
		inventory_put(why, h);
	return r;
}

/* Whether h was used just now, maybe by who is about to use it again.  A time in the
 * future, from before the clock was set back, is not. */
static int
is_fresh(const struct held *h, time_t now)
{
	return h->used.tv_sec <= now && now - h->used.tv_sec < GRACE;
}

/* The files.  Returns 0, or -1 with errno set and *at what it was about. */
static int
gc_files(const struct inventory *s, struct keep *keep, uint64_t size, uint64_t age,
    const char **at)
{
	time_t now = time(NULL);
	const struct held *h;
	uint64_t all = 0;
	size_t i;
	int r, old;

	for (i = 0; i < s->len; i++)
		all += (uint64_t)s->at[i].entry.size;
	for (i = 0; i < s->len; i++) {
		h = &s->at[i];
		old = age && now - h->used.tv_sec > (time_t)age;
		if ((!old && (!size || all <= size)) ||
		    is_fresh(h, now) || keep_has(keep, h->entry.key))
			continue;
		*at = h->entry.path;
		r = drop(h, "removed");
		if (r < 0)
			return -1;
		if (r)
			all -= (uint64_t)h->entry.size;
	}
	return 0;
}

/* Calls each for every name in a folder; its answer is passed on when it is not
 * 0.  A folder that is not there is empty. */
static int
names(const char *dir, int (*each)(const char *path, const char *name))
{
	DIR *d = opendir(dir);
	char path[512];
	struct dirent *e;
	int r = 0;

	if (!d)
		return errno == ENOENT ? 0 : -1;
	while (r == 0 && (errno = 0, e = readdir(d))) {
		if (*e->d_name == '.')
			continue;
		snprintf(path, sizeof(path), "%s/%s", dir, e->d_name);
		r = each(path, e->d_name);
	}
	if (r == 0 && errno)
		r = -1;
	closedir(d);
	return r;
}

static int
remove_file(const char *path)
{
	note("%s: left over", path);
	return opt_dry || unlink(path) == 0 || errno == ENOENT ? 0 : -1;
}

/* Whether nobody has touched path for a day. */
static int
stale(const char *path)
{
	struct stat st;

	return lstat(path, &st) == 0 && S_ISREG(st.st_mode) &&
	    time(NULL) - st.st_mtime > PART_AGE;
}

/* The key of a part is its name without ".meta". */
static int
part_gc(const char *path, const char *name)
{
	size_t len = strlen(name);
	char key[256];
	int lock, r = 0;

	if (!stale(path))
		return 0;
	if (len > 5 && !strcmp(name + len - 5, ".meta"))
		len -= 5;
	snprintf(key, sizeof(key), "%.*s", (int)len, name);
	lock = opt_dry ? 0 : cache_lock(key);
	if (lock < 0)
		return errno == EWOULDBLOCK ? 0 : -1;
	if (stale(path))
		r = remove_file(path);
	if (!opt_dry)
		cache_unlock(key, lock);
	return r;
}

/* To take a lock and give it back removes it. */
static int
lock_gc(const char *path, const char *name)
{
	int lock;

	(void)path;
	if (opt_dry)
		return 0;
	lock = cache_lock(name);
	if (lock >= 0)
		cache_unlock(name, lock);
	return lock >= 0 || errno == EWOULDBLOCK ? 0 : -1;
}

/* A stamp's name is its file's path with "-" for "/".  A stamp that is being
 * written has another name for a moment; losing it costs one verification. */
static int
stamp_gc(const char *path, const char *name)
{
	char file[256], *dash;

	snprintf(file, sizeof(file), "%s", name);
	dash = strchr(file, '-');
	if (dash)
		*dash = '/';
	return access(file, F_OK) == 0 ? 0 : remove_file(path);
}

/* Beside files by URL and their metas, which gc_run knows, there are metas
 * without a file, and what a killed process was about to rename. */
static int
url_gc(const char *path, const char *name)
{
	char file[256];

	if (strlen(name) <= 64 || !stale(path))
		return 0;
	snprintf(file, sizeof(file), "url/%.64s", name);
	return !strcmp(name + 64, ".meta") && access(file, F_OK) == 0 ? 0 :
	    remove_file(path);
}

int
gc_run(const struct inventory *s, struct keep *keep, uint64_t size, uint64_t age)
{
	const char *at = "list";
	int r = gc_files(s, keep, size, age, &at);

	if (r == 0 && (names(at = "part", part_gc) < 0 ||
	    names(at = "url", url_gc) < 0 || names(at = "stamp", stamp_gc) < 0 ||
	    names(at = "lock", lock_gc) < 0))
		r = -1;
	if (r == 0)
		return 0;
	warn_sys("%s", at);
	return EX_IOERR;
}

/* Returns an exit code. */
static int
verify(const struct held *h)
{
	struct entry e = h->entry;
	int lock = opt_dry ? 0 : cache_lock(e.key), r;

	if (lock < 0 && errno == EWOULDBLOCK)
		return 0;	/* who has it verifies it */
	if (lock < 0) {
		warn_sys("%s", e.path);
		return EX_IOERR;
	}
	e.src = &h->src;
	r = cache_verify(&e, &h->used);
	if (r == 0) {
		warn_msg("%s: damaged%s (%s)", e.path,
		    opt_dry ? "" : ", and removed", h->src.url);
		if (!opt_dry && cache_remove(&e) < 0)
			r = -1;
		else
			inventory_put("damaged", h);
	}
	if (r < 0)
		warn_sys("%s", e.path);
	if (!opt_dry)
		cache_unlock(e.key, lock);
	return r > 0 ? 0 : r == 0 ? EX_DATAERR : EX_IOERR;
}

int
gc_verify(const struct inventory *s)
{
	int code = 0, got;
	size_t i;

	for (i = 0; i < s->len; i++) {
		got = verify(&s->at[i]);
		code = err_lowest(code, got);
	}
	return code;
}
