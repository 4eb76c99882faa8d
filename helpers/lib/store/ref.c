#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "file.h"
#include "store/layer.h"

static const char instance[] = "instance/";

int
ref_ok(const char *name)
{
	long pid;

	if (!strcmp(name, "baseos"))
		return 1;
	return !strncmp(name, instance, sizeof(instance) - 1) &&
	    store_name_ok(name + sizeof(instance) - 1) && !ref_temporary(name, &pid);
}

int
ref_temporary(const char *name, long *pid)
{
	const char *dot = strrchr(name, '.');
	char *end;

	if (!dot || strncmp(dot, ".new", 4) || dot[4] < '0' || dot[4] > '9')
		return 0;
	*pid = strtol(dot + 4, &end, 10);
	return *end == '\0';
}

/* What to do about a ref that is torn. */
static const char *
cure_of(const char *name)
{
	return strcmp(name, "baseos") ?
	    "\"aoinb cleanup BRANCH\" removes the instance of the branch" :
	    "\"aoinb load-baseos\" loads the base system anew";
}

/* The id in text.  Returns what is wrong with it, or NULL. */
static const char *
read_id(const struct buf *text, char id[STORE_NAME])
{
	size_t n = text->len ? strcspn(text->s, "\n") : 0;

	if (!text->len)
		return "is empty";
	if (n + 1 != text->len || n >= STORE_NAME)
		return "is torn";
	memcpy(id, text->s, n);
	id[n] = '\0';
	return store_name_ok(id) ? NULL : "is torn";
}

int
ref_get(const struct store *s, const char *name, char id[STORE_NAME],
    struct blame *b)
{
	char at[2 * STORE_NAME];
	struct buf text = { 0 };
	const char *why;

	snprintf(at, sizeof(at), "ref/%s", name);
	if (file_get(s->dir, at, STORE_TEXT, &text) < 0)
		switch (errno) {
		case ENOENT:
			return blame_set(b, ENOENT, at, NULL, "%s", "there is none");
		case ELOOP: case EINVAL: case EFBIG:
			return blame_set(b, EBADMSG, at, cure_of(name), "%s", "is no ref");
		default:
			return blame_set(b, errno, at, NULL, "%s", "");
		}
	why = read_id(&text, id);
	buf_free(&text);
	return why ? blame_set(b, EBADMSG, at, cure_of(name), "%s", why) : 0;
}

static int
sync_folder(int dir, const char *path)
{
	int fd = openat(dir, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC), r;

	r = fd < 0 ? -1 : fsync(fd);
	close_keep(fd);
	return r;
}

static int
write_synced(int dir, const char *path, const char *text)
{
	int fd = openat(dir, path, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC,
	    0644), r;

	if (fd < 0)
		return -1;
	r = file_write(fd, text, strlen(text));
	if (r == 0)
		r = fsync(fd);
	close_keep(fd);
	return r;
}

int
ref_set(const struct store *s, const char *name, const char *id)
{
	char at[2 * STORE_NAME], new[2 * STORE_NAME + 16], text[STORE_NAME + 1];
	int r, err;

	snprintf(at, sizeof(at), "ref/%s", name);
	snprintf(new, sizeof(new), "%s.new%d", at, (int)getpid());
	snprintf(text, sizeof(text), "%s\n", id);
	r = store_mkdir(s, "ref/instance");
	if (r == 0)
		r = write_synced(s->dir, new, text);
	if (r == 0)
		r = renameat(s->dir, new, s->dir, at);
	if (r < 0) {
		err = errno;
		unlinkat(s->dir, new, 0);
		errno = err;
		return -1;
	}
	*strrchr(at, '/') = '\0';
	return sync_folder(s->dir, at);
}

int
ref_drop(const struct store *s, const char *name)
{
	const char *branch = strchr(name, '/');
	char at[2 * STORE_NAME];

	snprintf(at, sizeof(at), "ref/%s", name);
	if (unlinkat(s->dir, at, 0) < 0 && errno != ENOENT)
		return -1;
	snprintf(at, sizeof(at), "ref/checked/%s", branch ? branch + 1 : name);
	return unlinkat(s->dir, at, 0) < 0 && errno != ENOENT && errno != ENOTDIR ? -1 : 0;
}

int
ref_names(const struct store *s, struct ids *names)
{
	struct ids branches = { 0 };
	char name[STORE_NAME + 16];
	struct stat st;
	size_t i;
	int r = 0;

	if (fstatat(s->dir, "ref/baseos", &st, AT_SYMLINK_NOFOLLOW) == 0)
		r = ids_add(names, "baseos");
	else if (errno != ENOENT)
		r = -1;
	if (r == 0)
		r = ids_folder(s, "ref/instance", 0, &branches);
	for (i = 0; i < branches.len && r == 0; i++) {
		snprintf(name, sizeof(name), "%s%s", instance, branches.at[i]);
		if (ref_ok(name))
			r = ids_add(names, name);
	}
	ids_free(&branches);
	return r;
}
