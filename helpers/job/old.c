#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "err.h"
#include "file.h"
#include "job/env.h"
#include "job/old.h"
#include "job/record.h"
#include "opt.h"
#include "store/built.h"
#include "store/bundle.h"

struct old {
	struct args *a;
	const char *path;
	int dir;
};

static int
is_there(const struct old *o, const char *name)
{
	return faccessat(o->dir, name, F_OK, AT_SYMLINK_NOFOLLOW) == 0;
}

static int
put_line(const struct old *o, const char *name, const char *text)
{
	struct buf line = { 0 };
	int r;

	sure(buf_printf(&line, "%s\n", text));
	r = file_put(o->dir, name, line.s, line.len);
	buf_free(&line);
	return r;
}

/* deps of three lines: whether it was all, the stack without its layer, and with it,
 * which the file stack had, too. */
static int
split_deps(const struct old *o)
{
	struct buf text = { 0 };
	char *state, *before, *after, *save = NULL;
	int r = 0;

	record_text(o->a, o->path, "deps", &text);
	state = strtok_r(text.s, "\n", &save);
	before = strtok_r(NULL, "\n", &save);
	after = strtok_r(NULL, "\n", &save);
	if (after && (put_line(o, "stack.deps", after) < 0 ||
	    put_line(o, "stack", before) < 0 || put_line(o, "deps", state) < 0))
		r = -1;
	buf_free(&text);
	return r;
}

/* The modifiers that it was built with are known as long as nothing else has been
 * built of its unit. */
static void
find_modifiers(const struct old *o, const char *digest, struct buf *env)
{
	struct buf unit = { 0 }, branch = { 0 };
	struct built b;

	record_line(o->a, o->path, "unit", &unit);
	record_line(o->a, o->path, "branch", &branch);
	if (unit.len && built_read(&o->a->store, branch.s, unit.s, &b) == 0) {
		if (*b.modifiers && !strcmp(b.bundle, digest))
			sure(buf_printf(env, "ABMODIFIERS=%s\n", b.modifiers));
		built_free(&b);
	}
	buf_free(&unit);
	buf_free(&branch);
}

/* What the last version took from the environment when the job was run. */
static int
make_env(const struct old *o)
{
	struct buf env = { 0 };
	struct bundle b;
	int fd = openat(o->dir, "bundle", O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	int r;

	if (fd < 0)
		return -1;
	r = bundle_read(fd, -1, &b);
	if (r == 0) {
		find_modifiers(o, b.digest, &env);
		sure(buf_printf(&env, "SOURCE_DATE_EPOCH=%lld\n", (long long)b.newest));
		r = file_put(o->dir, "env", env.s, env.len);
	}
	if (r == 0 && !is_there(o, "bundle.digest"))
		r = put_line(o, "bundle.digest", b.digest);
	close_keep(fd);
	buf_free(&env);
	bundle_free(&b);
	return r;
}

/* job.ini goes last: as long as it is there, there is something to do. */
static int
take_over(const struct old *o)
{
	if (split_deps(o) < 0 || (!is_there(o, "env") && make_env(o) < 0))
		return -1;
	if (renameat(o->dir, "table", o->dir, "sources.want") < 0 && errno != ENOENT)
		return -1;
	return renameat(o->dir, "job.ini", o->dir, "conf");
}

void
old_take_over(struct args *a, const char *path)
{
	struct old o = { a, path, -1 };
	int lock;

	o.dir = openat(a->store.dir, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (o.dir < 0 || !is_there(&o, "job.ini") || is_there(&o, "conf") || opt_dry ||
	    faccessat(o.dir, ".", W_OK, 0) < 0) {
		close_keep(o.dir);
		return;
	}
	lock = lock_take(&a->store, "job", id_of(path), LOCK_NOW, NULL);
	if (lock >= 0) {
		if (is_there(&o, "job.ini") && take_over(&o) < 0)
			warn_sys("job %s: cannot be taken over from the last version",
			    id_of(path));
		lock_drop(lock);
	}
	close(o.dir);
}
