#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "err.h"
#include "file.h"
#include "layer/cmd.h"
#include "opt.h"

/* Without the trash.  Half a layer must not have the name of one. */
static int
remove_here(const struct cmd *c, const char *path)
{
	char to[STORE_NAME + 32];
	int layer = !strncmp(path, "layers/", 7) && strncmp(path + 7, "new.", 4);

	if (layer) {
		snprintf(to, sizeof(to), "layers/new.gone.%.*s", STORE_NAME, path + 7);
		if (renameat(c->store.dir, path, c->store.dir, to) < 0)
			return -1;
	}
	return store_remove(c->store.dir, layer ? to : path);
}

/* Adds path to what would be removed. */
static int
would(struct cmd *c, const char *path)
{
	if (buf_printf(&c->out, "%s/%s\n", c->store.path, path) == 0)
		return 0;
	warn_sys("%s/%s", c->store.path, path);
	return -1;
}

int
away(struct cmd *c, const char *path)
{
	if (opt_dry)
		return would(c, path);
	if (store_trash(&c->store, path) == 0)
		return 0;
	if ((errno == ENOSPC || errno == EDQUOT) && remove_here(c, path) == 0)
		return 0;
	warn_sys("%s/%s", c->store.path, path);
	return -1;
}

/* A file of ours, which nobody looks at any more. */
static int
remove_file(struct cmd *c, const char *path)
{
	if (opt_dry)
		return would(c, path);
	if (unlinkat(c->store.dir, path, 0) == 0 || errno == ENOENT)
		return 0;
	warn_sys("%s/%s", c->store.path, path);
	return -1;
}

/* Whether name is of a file that its writer died before renaming. */
static int
is_left(const char *name)
{
	char proc[32];
	long pid;

	if (!ref_temporary(name, &pid))
		return 0;
	snprintf(proc, sizeof(proc), "/proc/%ld", pid);
	return access(proc, F_OK) < 0 && errno == ENOENT;
}

/* Calls each for every name in folder, and goes on after a failure. */
static int
every(struct cmd *c, const char *folder,
    int (*each)(struct cmd *c, const char *path, const char *name, const void *ctx),
    const void *ctx)
{
	char path[3 * STORE_NAME];
	struct ids names = { 0 };
	int r = ids_folder(&c->store, folder, 1, &names);
	size_t i;

	if (r < 0)
		warn_sys("%s/%s", c->store.path, folder);
	for (i = 0; i < names.len; i++) {
		snprintf(path, sizeof(path), "%.*s/%s", 2 * STORE_NAME - 8, folder,
		    names.at[i]);
		if (each(c, path, names.at[i], ctx) < 0)
			r = -1;
	}
	ids_free(&names);
	return r;
}

static int
tidy_list(struct cmd *c, const char *path, const char *name, const void *tops)
{
	long pid;
	int held;

	if (!strcmp(name, "new")) {
		held = lock_held(&c->store, "names", NULL);
		if (held < 0)
			warn_sys("%s/lock/names", c->store.path);
		return held < 0 ? -1 : held ? 0 : away(c, path);
	}
	if (ref_temporary(name, &pid))
		return is_left(name) ? remove_file(c, path) : 0;
	return ids_has(tops, name) ? 0 : remove_file(c, path);
}

int
tidy_names(struct cmd *c, const struct ids *tops)
{
	return every(c, "cache/names", tidy_list, tops);
}

static int
tidy_use(struct cmd *c, const char *path, const char *name, const void *used)
{
	const struct used_layer *l;
	long pid;

	if (ref_temporary(name, &pid))
		return is_left(name) ? remove_file(c, path) : 0;
	if (strncmp(name, "used.", 5))
		return 0;
	l = used_layer(used, name + 5);
	return l && !l->gone ? 0 : remove_file(c, path);
}

static int
tidy_top(struct cmd *c, const char *path, const char *name, const void *used)
{
	const struct used *u = used;

	return ids_has(&u->tops, name) ? every(c, path, tidy_use, used) : away(c, path);
}

/* The lock of dependencies that are not being installed.  Who waits for it sees
 * that its file has gone. */
static int
tidy_lock(struct cmd *c, const char *path, const char *name, const void *ctx)
{
	int fd, r = 0;

	(void)ctx;
	if (strncmp(name, "deps.", 5))
		return 0;
	fd = openat(c->store.dir, path, O_RDWR | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0 && errno == ENOENT)
		return 0;
	if (fd < 0 || flock(fd, LOCK_EX | LOCK_NB) < 0) {
		if (fd < 0 || errno != EWOULDBLOCK) {
			warn_sys("%s/%s", c->store.path, path);
			r = -1;
		}
	} else {
		r = remove_file(c, path);
	}
	close_keep(fd);
	return r;
}

int
tidy_deps(struct cmd *c, const struct used *u)
{
	int r = every(c, "cache/deps", tidy_top, u);

	return every(c, "lock", tidy_lock, NULL) < 0 ? -1 : r;
}

static int
tidy_ref(struct cmd *c, const char *path, const char *name, const void *ctx)
{
	(void)ctx;
	return is_left(name) ? remove_file(c, path) : 0;
}

int
tidy_refs(struct cmd *c)
{
	static const char *const folders[] = { "ref", "ref/instance", "ref/checked" };
	size_t i;
	int r = 0;

	for (i = 0; i < sizeof(folders) / sizeof(*folders); i++)
		if (every(c, folders[i], tidy_ref, NULL) < 0)
			r = -1;
	return r;
}
