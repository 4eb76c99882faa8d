#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
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
	struct args *a;		/* whose store has the job, and what is built */
	const char *path;
	int dir;		/* what becomes of it */
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
	int fd = openat(o->dir, "bundle", O_RDONLY | O_DIRECTORY | O_CLOEXEC);	/* of a copy: a link */
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

static int
is_old(const struct old *o)
{
	return is_there(o, "job.ini") && !is_there(o, "conf");
}

void
old_take_over(struct args *a, const char *path)
{
	struct old o = { a, path, -1 };
	int lock;

	o.dir = openat(a->store.dir, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (o.dir < 0 || !is_old(&o) || opt_dry ||
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

/* A file may go meanwhile; what is no record of ours, such as a log, may be too large. */
static int
copy_file(int from, int to, const char *name)
{
	struct buf text = { 0 };
	struct stat st;
	int r = fstatat(from, name, &st, AT_SYMLINK_NOFOLLOW);

	if (r == 0 && S_ISREG(st.st_mode) && st.st_size <= STORE_TEXT)
		r = file_get(from, name, STORE_TEXT, &text) < 0 ? -1 :
		    file_put(to, name, text.s ? text.s : "", text.len);
	buf_free(&text);
	return r < 0 && errno != ENOENT && errno != EFBIG ? -1 : 0;
}

static int
copy_files(struct args *a, const char *path, int to)
{
	char **names = NULL;
	long n = store_names(&a->store, path, &names), i;
	int from = openat(a->store.dir, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int r = n < 0 || from < 0 ? -1 : 0;

	for (i = 0; r == 0 && i < n; i++)
		r = copy_file(from, to, names[i]);
	if (names)
		store_names_free(names, n);
	close_keep(from);
	return r;
}

static int
link_bundle(struct args *a, const char *path, int to)
{
	struct buf target = { 0 };
	char *work_dir = realpath(a->work_dir, NULL);
	int r = -1;

	if (work_dir) {
		sure(buf_printf(&target, "%s/%s/bundle", work_dir, path));
		r = symlinkat(target.s, to, "bundle");
	}
	free(work_dir);
	buf_free(&target);
	return r;
}

void
old_copy(struct args *a, const char *path)
{
	struct old o = { a, path, -1 };
	struct buf folder = { 0 };

	sure(buf_printf(&folder, "%s/%s", a->copy, path));
	if (file_mkdirs(folder.s) == 0)
		o.dir = open(folder.s, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (o.dir < 0 || copy_files(a, path, o.dir) < 0 || link_bundle(a, path, o.dir) < 0)
		die_sys(EX_CANTCREAT, "%s", folder.s);
	if (is_old(&o) && take_over(&o) < 0)
		die_sys(EX_IOERR, "job %s: cannot be taken over from the last version",
		    id_of(path));
	close(o.dir);
	buf_free(&folder);
}
