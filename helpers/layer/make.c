#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "err.h"
#include "layer/cmd.h"

/* The lock name is "baseos" or "CLASS.NAME".  Returns 0, or an exit code. */
static int
hold(const struct cmd *c, const char *lock)
{
	char class[STORE_NAME];
	const char *dot = strchr(lock, '.');
	size_t n = dot ? (size_t)(dot - lock) : strlen(lock);
	int held;

	snprintf(class, sizeof(class), "%.*s", (int)(n < STORE_NAME ? n : 0), lock);
	if ((strcmp(class, "instance") && strcmp(class, "deps") && strcmp(class, "baseos")) ||
	    !dot != !strcmp(class, "baseos") || (dot && !store_name_ok(dot + 1)))
		die(EX_USAGE, "%s: neither baseos, instance.BRANCH nor deps.KEY", lock);
	if (c->lock >= 0) {
		if (lock_inherit(&c->store, class, dot ? dot + 1 : NULL, c->lock) == 0)
			return 0;
		warn_sys("lock %s: descriptor %d", lock, c->lock);
		return EX_SOFTWARE;
	}
	held = lock_held(&c->store, lock, NULL);
	if (held < 0)
		return fail_sys(c, "lock");
	if (held)
		return 0;
	warn_msg("begin %s: nobody holds that lock, so that gc would remove it", lock);
	return EX_SOFTWARE;
}

int
verb_begin(struct cmd *c)
{
	char path[2 * STORE_NAME];
	struct buf out = { 0 };
	struct blame b;
	int code = hold(c, c->arg[0]);

	if (code)
		return code;
	if (layer_begin(&c->store, c->arg[0], path, &b) < 0)
		return fail(c, &b);
	if (store_trash_empty(&c->store) < 0)	/* what we threw away is no news */
		warn_sys("%s/trash", c->store.path);
	if (buf_printf(&out, "%s/%s\n", c->store.path, path) < 0)
		return fail_sys(c, path);
	return print(&out);
}

/* Opens a layer in the making; name gets that of its folder.  Says what is wrong. */
static int
open_making(struct cmd *c, const char *folder, char name[STORE_NAME])
{
	struct blame b;
	int fd = folder_open(&c->store, folder, "layers", name, &b);

	if (fd < 0) {
		fail(c, &b);
		return -1;
	}
	if (!strncmp(name, "new.", 4) && strrchr(name, '.') > name + 3)
		return fd;
	close(fd);
	warn_msg("%s: not a layer in the making", folder);
	errno = EXDEV;
	return -1;
}

static int
add_pair(struct buf *info, const char *pair)
{
	static const char *const ours[] = { "kind", "parent", "made", "size_kib", "digest", "image" };
	const char *eq = strchr(pair, '=');
	size_t n = eq ? (size_t)(eq - pair) : 0, i;

	if (!n || strspn(pair, "abcdefghijklmnopqrstuvwxyz_") != n || strchr(pair, '\n'))
		die(EX_USAGE, "%s: not KEY=VALUE", pair);
	for (i = 0; i < sizeof(ours) / sizeof(*ours); i++)
		if (strlen(ours[i]) == n && !strncmp(pair, ours[i], n))
			die(EX_USAGE, "%s: %s is not for you to say", pair, ours[i]);
	return buf_printf(info, "%s\n", pair);
}

static int
make_info(struct cmd *c, struct buf *info, const char *kind, const char *parent)
{
	static const char *const kinds[] = { "base", "instance", "commit", "deps" };
	char **pair;
	size_t i;
	int r;

	for (i = 0; i < sizeof(kinds) / sizeof(*kinds); i++)
		if (!strcmp(kind, kinds[i]))
			break;
	if (i == sizeof(kinds) / sizeof(*kinds))
		die(EX_USAGE, "%s: neither base, instance, commit nor deps", kind);
	r = buf_printf(info, "kind=%s\nparent=%s\nmade=%" PRId64 "\n", kind, parent,
	    (int64_t)time(NULL));
	for (pair = c->arg + 3; *pair && r == 0; pair++)
		r = add_pair(info, *pair);
	return r;
}

int
verb_commit(struct cmd *c)
{
	const char *parent = strcmp(c->arg[2], "-") ? c->arg[2] : "";
	char name[STORE_NAME], id[STORE_NAME];
	struct buf info = { 0 }, out = { 0 };
	struct blame b;
	int fd, code = 0;

	if (make_info(c, &info, c->arg[1], parent) < 0)
		return fail_sys(c, "layers");
	fd = open_making(c, c->arg[0], name);
	if (fd < 0)
		code = errno == EXDEV ? EX_USAGE : err_code(errno);
	else if (layer_commit(&c->store, name, parent, &info, id, &b) < 0)
		code = fail(c, &b);
	else if (buf_printf(&out, "%s\n", id) < 0)
		code = fail_sys(c, "layers");
	else
		code = print(&out);
	if (fd >= 0)
		close(fd);
	buf_free(&info);
	return code;
}

static int
drop_one(struct cmd *c, const char *folder)
{
	char name[STORE_NAME], at[STORE_NAME + 16];
	struct stat st;
	int fd;

	if (lstat(folder, &st) < 0 && errno == ENOENT && strchr(folder, '/'))
		return 0;
	fd = open_making(c, folder, name);
	if (fd < 0)
		return errno == EXDEV ? EX_USAGE : err_code(errno);
	close(fd);
	snprintf(at, sizeof(at), "layers/%s", name);
	return away(c, at) < 0 ? EX_IOERR : 0;
}

int
verb_drop(struct cmd *c)
{
	int code = 0, got;
	char **folder;

	for (folder = c->arg; *folder; folder++) {
		got = drop_one(c, *folder);
		code = code ? code : got;
	}
	if (store_trash_empty(&c->store) < 0) {
		got = fail_sys(c, "trash");
		code = code ? code : got;
	}
	return code;
}
