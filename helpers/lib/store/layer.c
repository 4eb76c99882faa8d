#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "file.h"
#include "parse.h"
#include "store/layer.h"

enum {
	STAMP = 15,		/* YYYYMMDDTHHMMSS */
	NAME_MOST = 200,	/* bytes of what a layer in the making is called by */
	STACK_MOST = 1000,	/* an overlay has at most 500 layers */
};

static const char cure_all[] = "\"aoinb cleanup all\" starts anew";

/* Splits info into lines.  Returns what is wrong with it, or NULL. */
static const char *
split(struct layer *l)
{
	char *s = l->text.s;
	size_t i;

	if (!l->text.len)
		return "is empty";
	if (strlen(s) != l->text.len || s[l->text.len - 1] != '\n')
		return "is torn";
	for (i = 0; i < l->text.len; i++)
		if (s[i] == '\n')
			s[i] = '\0';
	return NULL;
}

static int64_t
number(const struct layer *l, const char *key)
{
	const char *text = layer_value(l, key);
	uint64_t n;

	return text && parse_uint(text, 0, INT64_MAX, &n) == 0 ? (int64_t)n : -1;
}

/* What is wrong with info, or NULL.  When it was made, and its size, are for people:
 * without them it serves as well. */
static const char *
read_info(struct layer *l)
{
	const char *why = split(l);

	if (why)
		return why;
	l->kind = layer_value(l, "kind");
	l->parent = layer_value(l, "parent");
	if (!l->kind || !l->parent || (*l->parent && !store_name_ok(l->parent)))
		return l->kind ? "names no parent" : "names no kind";
	l->made = number(l, "made");
	l->size_kib = number(l, "size_kib");
	return NULL;
}

/* Whether path below work_dir is a folder: 1 or 0, or -1 with errno set. */
static int
is_folder(const struct store *s, const char *path)
{
	struct stat st;

	if (fstatat(s->dir, path, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return errno == ENOENT || errno == ENOTDIR ? 0 : -1;
	return S_ISDIR(st.st_mode);
}

/* Whether there is the folder layers/ID, which at names.  Returns 0, or -1. */
static int
exists(const struct store *s, const char *id, const char *at, struct blame *b)
{
	int r = 0;

	if (store_name_ok(id) && strncmp(id, "new.", 4))
		r = is_folder(s, at);
	if (r < 0)
		return blame_set(b, errno, at, NULL, "%s", "");
	return r ? 0 : blame_set(b, ENOENT, at, NULL, "%s", "there is no such layer");
}

int
layer_get(const struct store *s, const char *id, struct layer *l, struct blame *b)
{
	char at[STORE_NAME + 16];
	const char *why;
	int r;

	*l = (struct layer){ .kind = "", .parent = "", .made = -1, .size_kib = -1 };
	snprintf(at, sizeof(at), "layers/%s", id);
	if (exists(s, id, at, b) < 0)
		return -1;
	snprintf(l->id, sizeof(l->id), "%s", id);
	snprintf(at, sizeof(at), "layers/%s/tree", id);
	r = is_folder(s, at);
	if (r < 0)
		return blame_set(b, errno, at, NULL, "%s", "");
	if (r == 0)
		return blame_set(b, EBADMSG, at, cure_all, "%s", "is missing");
	snprintf(at, sizeof(at), "layers/%s/info", id);
	if (file_get(s->dir, at, STORE_TEXT, &l->text) < 0)
		switch (errno) {
		case ENOENT:
			return blame_set(b, EBADMSG, at, cure_all, "%s", "is missing");
		case EFBIG: case EINVAL: case ELOOP:
			return blame_set(b, EBADMSG, at, cure_all, "%s", "is damaged");
		default:
			return blame_set(b, errno, at, NULL, "%s", "");
		}
	why = read_info(l);
	return why ? blame_set(b, EBADMSG, at, cure_all, "%s", why) : 0;
}

void
layer_free(struct layer *l)
{
	buf_free(&l->text);
}

const char *
layer_value(const struct layer *l, const char *key)
{
	const char *s = l->text.s, *end = s + l->text.len;
	size_t n = strlen(key);

	for (; s < end; s += strlen(s) + 1)
		if (!strncmp(s, key, n) && s[n] == '=')
			return s + n + 1;
	return NULL;
}

static void
reverse(struct ids *v)
{
	size_t i, k;
	char *at;

	for (i = 0, k = v->len; i + 1 < k; i++) {
		at = v->at[i];
		v->at[i] = v->at[--k];
		v->at[k] = at;
	}
}

int
stack_get(const struct store *s, const char *id, struct ids *stack, struct blame *b)
{
	char at[STORE_NAME], above[STORE_NAME + 16] = "";
	struct layer l;
	int r = 0;

	if (strlen(id) >= sizeof(at))
		return blame_set(b, ENOENT, id, NULL, "%s", "there is no such layer");
	snprintf(at, sizeof(at), "%s", id);
	while (r == 0 && *at) {
		r = layer_get(s, at, &l, b);
		if (r < 0 && errno == ENOENT && *above)
			blame_set(b, EBADMSG, above, cure_all,
			    "stands on the layer %s, which is not there", at);
		else if (r == 0 && stack->len == STACK_MOST)
			r = blame_set(b, EBADMSG, above, cure_all, "%s",
			    "stands on itself");
		else if (r == 0 && (r = ids_add(stack, at)) < 0)
			blame_set(b, errno, above, NULL, "%s", "");
		snprintf(above, sizeof(above), "layers/%s", at);
		snprintf(at, sizeof(at), "%s", r == 0 ? l.parent : "");
		layer_free(&l);
	}
	reverse(stack);
	return r;
}

/* The seconds since 1970 that an id says; 0 when it says none. */
static time_t
stamp_of(const char *id)
{
	struct tm tm = { 0 };
	int n = 0;

	if (sscanf(id, "%4d%2d%2dT%2d%2d%2d%n", &tm.tm_year, &tm.tm_mon, &tm.tm_mday,
	    &tm.tm_hour, &tm.tm_min, &tm.tm_sec, &n) != 6 || n != STAMP)
		return 0;
	tm.tm_year -= 1900;
	tm.tm_mon--;
	return timegm(&tm);
}

/* An id later than that of every layer there is or is in the making, whatever the
 * clock says.  The caller holds the lock "jobs". */
static int
next_id(const struct ids *names, char id[STORE_NAME])
{
	time_t now = time(NULL), t;
	const char *dot;
	struct tm tm;
	size_t i;

	for (i = 0; i < names->len; i++) {
		dot = strrchr(names->at[i], '.');
		t = stamp_of(dot ? dot + 1 : names->at[i]);
		if (t >= now)
			now = t + 1;
	}
	if (!gmtime_r(&now, &tm) ||
	    strftime(id, STORE_NAME, "%Y%m%dT%H%M%S", &tm) != STAMP) {
		errno = EOVERFLOW;
		return -1;
	}
	snprintf(id + STAMP, STORE_NAME - STAMP, "-%d", (int)getpid());
	return 0;
}

/* Whether folder is "new.NAME.ID", an id having no dot. */
static int
is_of(const char *folder, const char *name)
{
	size_t n = strlen(name);

	return !strncmp(folder, "new.", 4) && !strncmp(folder + 4, name, n) &&
	    folder[4 + n] == '.' && !strchr(folder + 4 + n + 1, '.');
}

static int
sweep(const struct store *s, const struct ids *names, const char *name,
    struct blame *b)
{
	char at[STORE_NAME + 16];
	size_t i;

	for (i = 0; i < names->len; i++) {
		if (!is_of(names->at[i], name))
			continue;
		snprintf(at, sizeof(at), "layers/%s", names->at[i]);
		if (store_trash(s, at) < 0)
			return blame_set(b, errno, at, NULL, "%s", "");
	}
	return 0;
}

/* The folders, the tree last: what has a tree has all. */
static int
make_folders(const struct store *s, const char *path, struct blame *b)
{
	static const char *const name[] = { "", "/work", "/root", "/tree" };
	char at[2 * STORE_NAME];
	size_t i;

	for (i = 0; i < sizeof(name) / sizeof(*name); i++) {
		snprintf(at, sizeof(at), "%.*s%s", (int)sizeof(at) - 8, path, name[i]);
		if (mkdirat(s->dir, at, 0755) < 0)
			return blame_set(b, errno, at, NULL, "%s", "");
	}
	return 0;
}

int
layer_begin(const struct store *s, const char *name, char path[2 * STORE_NAME],
    struct blame *b)
{
	char id[STORE_NAME];
	struct ids names = { 0 };
	int lock, r;

	if (strlen(name) > NAME_MOST)
		return blame_set(b, ENAMETOOLONG, "layers", NULL, "%s", "");
	if (store_mkdir(s, "layers") < 0)
		return blame_set(b, errno, "layers", NULL, "%s", "");
	lock = lock_take(s, "jobs", NULL, LOCK_WAIT, "ids are given");
	if (lock < 0)
		return blame_set(b, errno, "lock/jobs", NULL, "%s", "");
	r = ids_folder(s, "layers", 0, &names);
	if (r == 0)
		r = next_id(&names, id);
	if (r < 0)
		blame_set(b, errno, "layers", NULL, "%s", "");
	if (r == 0)
		r = sweep(s, &names, name, b);
	if (r == 0) {
		snprintf(path, 2 * STORE_NAME, "layers/new.%.*s.%.40s", NAME_MOST, name, id);
		r = make_folders(s, path, b);
	}
	ids_free(&names);
	lock_drop(lock);
	return r;
}

/* Everything goes but what a layer has. */
static int
strip(const struct store *s, int dir, const char *folder, struct blame *b)
{
	char at[2 * STORE_NAME];
	struct ids names = { 0 };
	size_t i;
	int r;

	snprintf(at, sizeof(at), "layers/%.*s", STORE_NAME, folder);
	r = ids_folder(s, at, 1, &names);
	for (i = 0; i < names.len && r == 0; i++)
		if (strcmp(names.at[i], "tree") && strcmp(names.at[i], "info"))
			r = store_remove(dir, names.at[i]);
	ids_free(&names);
	return r < 0 ? blame_set(b, errno, at, NULL, "%s", "") : 0;
}

/* What a container is given whenever it starts: of a layer only what goes in their place,
 * links and the lack of a file, is worth keeping. */
static int
shed(int dir)
{
	static const char *const given[] = { "tree/etc/hosts", "tree/etc/resolv.conf" };
	struct stat st;
	size_t i;
	int r = 0;

	/* The folder may be a link to anywhere; then the file is none that we gave. */
	if (fstatat(dir, "tree/etc", &st, AT_SYMLINK_NOFOLLOW) == 0 && S_ISDIR(st.st_mode))
		for (i = 0; i < sizeof(given) / sizeof(*given) && r == 0; i++)
			if (fstatat(dir, given[i], &st, AT_SYMLINK_NOFOLLOW) == 0 &&
			    S_ISREG(st.st_mode))
				r = unlinkat(dir, given[i], 0);
	return r < 0 ? -1 : store_remove(dir, "tree/tmp");
}

/* Writes info into the folder dir, without what a container was given in its tree,
 * and has everything on the disk. */
static int
settle(int dir, const char *at, const char *parent, struct buf *info, struct blame *b)
{
	char hex[DIGEST_HEX];
	uint64_t kib;
	int fd, r;

	if (store_remove(dir, "tree/buildroot") < 0 || (*parent && shed(dir) < 0) ||
	    size_kib(dir, "tree", &kib) < 0)
		return blame_set(b, errno, at, NULL, "%s", "");
	fd = openat(dir, "tree", O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	r = fd < 0 ? blame_set(b, errno, at, NULL, "%s", "") : layer_seal(fd, 1, hex, b);
	if (r < 0) {
		close_keep(fd);
		return -1;
	}
	r = buf_printf(info, "size_kib=%llu\ndigest=%s\n", (unsigned long long)kib, hex);
	if (r == 0)
		r = file_put(dir, "info", info->s, info->len);
	if (r == 0)
		r = syncfs(fd);
	close_keep(fd);
	return r < 0 ? blame_set(b, errno, at, NULL, "%s", "") : 0;
}

/* The parent is there, and nobody removes it until the layer has its name. */
static int
rename_layer(const struct store *s, int dir, const char *folder, const char *parent,
    const char *id, struct blame *b)
{
	char from[2 * STORE_NAME], to[STORE_NAME + 16];
	struct ids stack = { 0 };
	int fd, r = 0;

	snprintf(from, sizeof(from), "layers/%.*s", STORE_NAME, folder);
	snprintf(to, sizeof(to), "layers/%s", id);
	if (*parent)
		r = stack_get(s, parent, &stack, b);
	ids_free(&stack);
	if (r == 0)
		r = strip(s, dir, folder, b);
	if (r < 0)
		return -1;
	fd = openat(s->dir, "layers", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0 || renameat2(s->dir, from, s->dir, to, RENAME_NOREPLACE) < 0)
		r = blame_set(b, errno, from, NULL, "%s", "");
	else if (fsync(fd) < 0)
		r = blame_set(b, errno, "layers", NULL, "%s", "");
	close_keep(fd);
	return r;
}

int
layer_commit(const struct store *s, const char *folder, const char *parent,
    struct buf *info, char id[STORE_NAME], struct blame *b)
{
	char at[2 * STORE_NAME];
	const char *dot = strrchr(folder, '.');
	int dir, lock, r;

	snprintf(at, sizeof(at), "layers/%.*s", STORE_NAME, folder);
	dir = openat(s->dir, at, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (dir < 0)
		return blame_set(b, errno, at, NULL, "%s", "");
	snprintf(id, STORE_NAME, "%.*s", STORE_NAME - 1, dot ? dot + 1 : folder);
	r = settle(dir, at, parent, info, b);
	if (r == 0) {
		lock = lock_take(s, "layers", NULL, LOCK_WAIT | LOCK_SHARED,
		    "layers are being removed");
		if (lock < 0)
			r = blame_set(b, errno, "lock/layers", NULL, "%s", "");
		else
			r = rename_layer(s, dir, folder, parent, id, b);
		if (lock >= 0)
			lock_drop(lock);
	}
	close_keep(dir);
	return r;
}
