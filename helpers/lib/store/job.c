#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "file.h"
#include "store/job.h"

const char *
job_folder(enum job_kind kind)
{
	return kind == GROUP ? "groups" : "jobs";
}

const char *
job_class(enum job_kind kind)
{
	return kind == GROUP ? "group" : "job";
}

static enum job_kind
kind_of(const char *path)
{
	return !strncmp(path, "groups/", 7) ? GROUP : JOB;
}

static char *
below(const char *path, const char *name)
{
	char *all;

	return asprintf(&all, "%s/%s", path, name) < 0 ? NULL : all;
}

static int
put_line(const struct store *s, const char *path, const char *name, const char *text)
{
	char *at = below(path, name), *line;
	int n, r = -1, err;

	if (!at)
		return -1;
	n = asprintf(&line, "%s\n", text);
	if (n >= 0) {
		r = file_put(s->dir, at, line, (size_t)n);
		err = errno;
		free(line);
		errno = err;
	}
	err = errno;
	free(at);
	errno = err;
	return r;
}

/* A folder with an id of its own, and its lock. */
static int
claim(const struct store *s, enum job_kind kind, const char *name, int fd,
    char path[JOB_PATH])
{
	int jobs = lock_take(s, "jobs", NULL, LOCK_WAIT, "another job begins"), lock = -1;
	char id[STORE_NAME];

	if (jobs < 0)
		return -1;
	if (store_id(s, name, id) == 0) {
		snprintf(path, JOB_PATH, "%s/%s", job_folder(kind), id);
		lock = lock_new(s, job_class(kind), id, fd);
	}
	if (lock >= 0 && mkdirat(s->dir, path, 0755) < 0) {
		lock_forget(s, job_class(kind), id);
		if (fd < 0)
			close_keep(lock);
		lock = -1;
	}
	lock_drop(jobs);
	return lock;
}

static int
fill(const struct store *s, const char *path, const char *kind, const char *branch)
{
	static const char *const parts[] = { "conf", "run", "log" };
	char began[32], *at;
	size_t i;
	int r;

	snprintf(began, sizeof(began), "%lld", (long long)time(NULL));
	if (put_line(s, path, "kind", kind) < 0 || put_line(s, path, "began", began) < 0 ||
	    (branch && put_line(s, path, "branch", branch) < 0))
		return -1;
	for (i = 0; kind_of(path) == GROUP && i < sizeof(parts) / sizeof(*parts); i++) {
		at = below(path, parts[i]);
		r = at ? mkdirat(s->dir, at, 0755) : -1;
		free(at);
		if (r < 0)
			return -1;
	}
	return 0;
}

int
job_new(const struct store *s, const char *kind, const char *name, const char *branch,
    int fd, char path[JOB_PATH])
{
	enum job_kind k = strcmp(kind, "group") ? JOB : GROUP;
	int lock, err;

	if (store_mkdir(s, job_folder(k)) < 0)
		return -1;
	lock = claim(s, k, name, fd, path);
	if (lock >= 0 && fill(s, path, kind, branch) < 0) {
		err = errno;
		job_remove(s, path);
		if (fd < 0)
			lock_drop(lock);
		errno = err;
		return -1;
	}
	return lock;
}

int
job_remove(const struct store *s, const char *path)
{
	if (store_discard(s, path) < 0)
		return -1;
	lock_forget(s, job_class(kind_of(path)), strchr(path, '/') + 1);
	return 0;
}

int
job_drop(const struct store *s, const char *path)
{
	static const char *const parts[] = {
		"upper", "work", "root", "archives", "output", "fetch", "resolve",
	};
	int r = 0, err = 0;
	size_t i;
	char *at;

	for (i = 0; i < sizeof(parts) / sizeof(*parts); i++) {
		at = below(path, parts[i]);
		if (!at || store_discard(s, at) < 0) {
			err = errno;
			r = -1;
		}
		free(at);
	}
	errno = err;
	return r;
}

static int
sync_folder(const struct store *s, const char *path)
{
	int fd = openat(s->dir, path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	int r = fd < 0 ? -1 : syncfs(fd);

	close_keep(fd);
	return r;
}

int
job_keep(const struct store *s, const char *path)
{
	char *upper = below(path, "upper"), *work = below(path, "work");
	int r = -1, err;

	if (upper && work && sync_folder(s, upper) == 0 &&
	    store_remove(s->dir, work) == 0)
		r = mkdirat(s->dir, work, 0755);
	err = errno;
	free(upper);
	free(work);
	errno = err;
	return r;
}

int
job_running(const struct store *s, enum job_kind kind, const char *id)
{
	return lock_held(s, job_class(kind), id);
}

int
job_kept(const struct store *s, const char *id)
{
	char path[JOB_PATH + 8];
	struct stat st;

	snprintf(path, sizeof(path), "jobs/%s/upper", id);
	if (fstatat(s->dir, path, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return errno == ENOENT || errno == ENOTDIR ? 0 : -1;
	return S_ISDIR(st.st_mode);
}

int
job_text(const struct store *s, const char *path, const char *name, struct buf *b)
{
	char *at = below(path, name);
	int r = at ? file_get(s->dir, at, JOB_TEXT, b) : -1, err = errno;

	free(at);
	errno = err;
	return r;
}

int
job_line(const struct store *s, const char *path, const char *name, struct buf *b)
{
	struct buf text = { 0 };
	int r = job_text(s, path, name, &text), err;

	if (r == 0)
		r = buf_put(b, text.s, strcspn(text.s, "\n"));
	err = errno;
	buf_free(&text);
	errno = err;
	return r;
}

/* Adds the ids in the line text to b. */
static int
add_ids(struct buf *b, char *text)
{
	char *id, *save = NULL;

	for (id = strtok_r(text, " ", &save); id; id = strtok_r(NULL, " ", &save)) {
		if (!store_name_ok(id)) {
			errno = EBADMSG;
			return -1;
		}
		if ((b->len && buf_putc(b, ' ') < 0) || buf_puts(b, id) < 0)
			return -1;
	}
	return 0;
}

static int
add_stack(const struct store *s, const char *id, const char *name, struct buf *b)
{
	struct buf line = { 0 };
	char path[JOB_PATH];
	int r, err;

	snprintf(path, sizeof(path), "jobs/%s", id);
	r = job_line(s, path, name, &line);
	if (r == 0)
		r = add_ids(b, line.s);
	err = errno;
	buf_free(&line);
	errno = err;
	return r;
}

int
job_layers(const struct store *s, const char *id, struct buf *b)
{
	if ((add_stack(s, id, "stack", b) < 0 && errno != ENOENT) ||
	    (add_stack(s, id, "stack.deps", b) < 0 && errno != ENOENT))
		return -1;
	return buf_puts(b, "");
}

int
job_stack(const struct store *s, const char *id, struct buf *b)
{
	if (add_stack(s, id, "stack.deps", b) == 0)
		return 0;
	return errno == ENOENT ? add_stack(s, id, "stack", b) : -1;
}

int
job_package_next(char **at, struct job_package *p)
{
	char *line = *at, *end = line ? strchr(line, '\n') : NULL, *bytes, *file;

	if (!line || !*line)
		return 0;
	if (!end)
		goto bad;
	*end = '\0';
	*at = end + 1;
	bytes = strchr(line, '\t');
	file = bytes ? strchr(bytes + 1, '\t') : NULL;
	if (!file)
		goto bad;
	*bytes++ = *file++ = '\0';
	if (!*line || !*bytes || bytes[strspn(bytes, "0123456789")] || !store_name_ok(file))
		goto bad;
	*p = (struct job_package){ line, bytes, file };
	return 1;
bad:
	errno = EBADMSG;
	return -1;
}
