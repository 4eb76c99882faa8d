#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "json.h"
#include "store/job.h"

enum { LIKE_MOST = 10 };	/* candidates that are told */

struct search {
	const char *part;
	enum job_kind kind;	/* of the names that are looked at */

	char newest[JOB_PATH];	/* of all, or of the package that part names */
	char like[JOB_PATH];	/* the last that part is a part of */
	unsigned likes;
	struct buf *text;	/* the first LIKE_MOST of these */
};

static int
is_folder(const struct store *s, const char *path)
{
	struct stat st;

	return fstatat(s->dir, path, &st, AT_SYMLINK_NOFOLLOW) == 0 && S_ISDIR(st.st_mode);
}

/* Whether id sorts behind that of path. */
static int
is_newer(const char *id, const char *path)
{
	return !*path || strcmp(id, strchr(path, '/') + 1) >= 0;
}

static void
put_path(char path[JOB_PATH], enum job_kind kind, const char *id)
{
	snprintf(path, JOB_PATH, "%s/%s", job_folder(kind), id);
}

/* Whether the job id is of the package part.  Ids of the last version may have a
 * number behind the name. */
static int
is_of(const char *id, const char *part)
{
	size_t n;
	const char *name = store_id_name(id, &n);

	return name && (!strcmp(name, part) ||
	    (strlen(part) == n && !strncmp(name, part, n)));
}

static int
look_at(const struct store *s, struct search *f, const char *id)
{
	int last = !strcmp(f->part, "last"), is_like = !last && strstr(id, f->part);
	char path[JOB_PATH];

	put_path(path, f->kind, id);
	if ((!last && !is_like) || !is_folder(s, path))
		return 0;
	if ((last || (f->kind == JOB && is_of(id, f->part))) && is_newer(id, f->newest))
		strcpy(f->newest, path);
	strcpy(f->like, path);
	if (!is_like || f->likes++ >= LIKE_MOST)
		return 0;
	return buf_printf(f->text, "%s%s", f->text->len ? " " : "", id);
}

static int
search(const struct store *s, struct search *f)
{
	char **names;
	long n = store_names(s, job_folder(f->kind), &names), i;
	int r = n < 0 ? -1 : 0;

	for (i = 0; i < n && r == 0; i++)
		r = look_at(s, f, names[i]);
	store_names_free(names, n);
	return r;
}

/* The newest group that is worth to go on with. */
static int
unfinished(const struct store *s, char path[JOB_PATH])
{
	char **names, order[JOB_PATH + 8];
	long n = store_names(s, "groups", &names), i;

	for (i = n - 1; i >= 0; i--) {
		put_path(path, GROUP, names[i]);
		snprintf(order, sizeof(order), "%s/order", path);
		if (faccessat(s->dir, order, F_OK, 0) == 0 &&
		    group_ended_well(s, names[i]) != 1)
			break;
	}
	store_names_free(names, n);
	if (n >= 0 && i < 0)
		errno = ENOENT;
	return i >= 0 ? 0 : -1;
}

static int
chosen(const struct search *f, char path[JOB_PATH])
{
	if (*f->newest)
		return strcpy(path, f->newest) ? 0 : -1;
	if (f->likes == 1)
		return strcpy(path, f->like) ? 0 : -1;
	if (f->likes > LIKE_MOST)
		buf_printf(f->text, " and %u more", f->likes - LIKE_MOST);
	errno = f->likes ? ENOTUNIQ : ENOENT;
	return -1;
}

int
job_find(const struct store *s, int kinds, const char *part, char path[JOB_PATH],
    struct buf *like)
{
	struct search f = { .part = part, .text = like };
	enum job_kind kind;

	if (!part)
		return unfinished(s, path);
	if (!store_name_ok(part)) {
		errno = EINVAL;
		return -1;
	}
	for (kind = JOB; kind <= GROUP; kind++) {
		put_path(path, kind, part);
		if (kinds & kind && is_folder(s, path))
			return 0;
	}
	for (kind = JOB; kind <= GROUP; kind++) {
		f.kind = kind;
		if (kinds & kind && search(s, &f) < 0)
			return -1;
	}
	return chosen(&f, path);
}

int
job_named(const struct store *s, const char *arg, char path[JOB_PATH])
{
	const char *id = strrchr(arg, '/');
	struct stat want, st;
	enum job_kind kind;

	if (id && stat(arg, &want) < 0)
		return -1;
	for (kind = JOB; kind <= GROUP; kind++) {
		if (!store_name_ok(id ? id + 1 : arg))
			break;
		put_path(path, kind, id ? id + 1 : arg);
		if (fstatat(s->dir, path, &st, AT_SYMLINK_NOFOLLOW) < 0 ||
		    !S_ISDIR(st.st_mode))
			continue;
		if (!id || (st.st_dev == want.st_dev && st.st_ino == want.st_ino))
			return 0;
	}
	errno = ENOENT;
	return -1;
}

int
group_ended_well(const struct store *s, const char *id)
{
	struct buf text = { 0 }, verdict = { 0 };
	char path[JOB_PATH];
	int r = -1;

	put_path(path, GROUP, id);
	if (job_text(s, path, "group.json", &text) < 0)
		r = errno == ENOENT ? 0 : -1;
	else if (json_get(text.s, text.len, "verdict", &verdict) < 0)
		r = 0;	/* torn: it is not known to have ended */
	else
		r = !strcmp(verdict.s, "ok");
	buf_free(&text);
	buf_free(&verdict);
	return r;
}
