#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "err.h"
#include "file.h"
#include "job/args.h"
#include "job/env.h"
#include "job/member.h"
#include "job/stamp.h"
#include "job/sweep.h"
#include "opt.h"
#include "store/bundle.h"

enum { LEFT_OUT_MOST = 10 };	/* entries of a bundle that are told */

/* A bundle on its way into a job. */
struct freeze {
	struct args *a;
	const char *bundle;	/* as the caller named it */
	char *real;		/* its path, resolved */
	int from;		/* its descriptor */
	struct buf name, unit, env;
	struct member member;

	char path[JOB_PATH];	/* of the job */
	int dir;		/* its descriptor */
};

static const struct args *making;

/* A descriptor that became no lock leaves no file. */
static void
forget(void)
{
	lock_forget_new(&making->store, making->lock);
}

static void
make(struct args *a, const char *kind, const char *name, char path[JOB_PATH])
{
	const char *folder = strcmp(kind, "group") ? "jobs" : "groups";

	if (opt_dry) {
		strcpy(path, folder);
		strcat(path, "/");
		if (a->store.dir < 0 || store_id(&a->store, name, path + strlen(path)) < 0)
			strcat(path, "new");
		return;
	}
	if (job_new(&a->store, kind, name, a->branch, a->lock, path) >= 0)
		return;
	if (errno == EBADF)
		die(EX_USAGE, "descriptor %d is not on a file lock/new.*", a->lock);
	die_sys(errno == ENOENT || errno == ENOTDIR ? EX_CANTCREAT :
	    errno == EDEADLK ? EX_SOFTWARE : err_code(errno),
	    "%s/%s: a %s cannot be made", a->work_dir, folder, kind);
}

/* What its id is to have of a bundle: the last part of its name, or of its path where
 * that is "." or the like. */
static void
name_it(struct freeze *f)
{
	size_t n = strlen(f->bundle), at;

	while (n > 1 && f->bundle[n - 1] == '/')
		n--;
	for (at = n; at > 0 && f->bundle[at - 1] != '/'; at--)
		;
	sure(buf_put(&f->name, f->bundle + at, n - at));
	if (!f->name.len || !strcmp(f->name.s, ".") || !strcmp(f->name.s, "..")) {
		f->name.len = 0;
		sure(buf_puts(&f->name, strrchr(f->real, '/') + 1));
	}
}

static void
find_unit(struct freeze *f)
{
	char *tree = f->a->tree ? realpath(f->a->tree, NULL) : NULL;
	const char *p;

	for (p = f->real; *p; p++)
		if ((unsigned char)*p < ' ' || *p == 127)
			die(EX_DATAERR, "bundle %s: a control character is in its path",
			    f->bundle);
	if (f->member.unit.len)
		sure(buf_puts(&f->unit, f->member.unit.s));
	else
		sure(unit_of_path(&f->unit, f->real, tree));
	free(tree);
}

/* All that can be wrong is found before a job is made. */
static void
look(struct freeze *f)
{
	const char *wrong;

	f->real = realpath(f->bundle, NULL);
	f->from = f->real ? open(f->real, O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1;
	if (f->from < 0 && errno != ENOENT && errno != ENOTDIR)
		die_sys(err_code(errno), "bundle %s", f->bundle);
	if (f->from < 0)
		die(EX_NOINPUT, "bundle %s: no such folder", f->bundle);
	wrong = bundle_wrong(f->from);
	if (wrong)
		die(EX_NOINPUT, "bundle %s: %s", f->bundle, wrong);
	member_read(&f->member, f->a->member);
	name_it(f);
	find_unit(f);
	env_begin(&f->env, f->member.modifiers.s);
}

/* Ends the program, and the job: its bundle did not come to it. */
static void __attribute__((noreturn))
give_up(struct freeze *f, int code, const char *what)
{
	int err = errno;

	job_remove(&f->a->store, f->path);
	store_trash_empty(&f->a->store);
	if (!code)
		die(EX_DATAERR, "bundle %s: %s", f->bundle, what);
	errno = err;
	die_sys(code, "bundle %s: %s", f->bundle, what);
}

static void
put(struct freeze *f, const char *name, const char *text, size_t len)
{
	if (len && file_put(f->dir, name, text, len) < 0)
		give_up(f, err_code(errno), name);
}

static void
put_line(struct freeze *f, const char *name, const char *text)
{
	struct buf line = { 0 };

	if (!text || !*text)
		return;
	sure(buf_printf(&line, "%s\n", text));
	put(f, name, line.s, line.len);
	buf_free(&line);
}

static void
tell_left_out(struct freeze *f, const struct bundle *b)
{
	char *line = b->left_out.s, *end;
	unsigned n = 0;

	for (; line && (end = strchr(line, '\n')); line = end + 1) {
		*end = '\0';
		if (n++ < LEFT_OUT_MOST)
			warn_msg("bundle %s: left out: %s", f->bundle, line);
	}
	if (n > LEFT_OUT_MOST)
		warn_msg("bundle %s: left out: %u more", f->bundle, n - LEFT_OUT_MOST);
}

static void
copy_bundle(struct freeze *f)
{
	struct buf what = { 0 };
	struct bundle b;
	int to;

	if (mkdirat(f->dir, "bundle", 0755) < 0 ||
	    (to = openat(f->dir, "bundle", O_RDONLY | O_DIRECTORY | O_CLOEXEC)) < 0)
		give_up(f, err_code(errno), "it cannot be copied");
	if (bundle_read(f->from, to, &b) < 0) {
		if (bundle_error(errno))
			give_up(f, 0, bundle_error(errno));
		sure(buf_printf(&what, "%s cannot be copied", b.at.len ? b.at.s : "it"));
		give_up(f, errno == EACCES || errno == EPERM ? EX_NOPERM : EX_IOERR, what.s);
	}
	tell_left_out(f, &b);
	if (bundle_wrong(to)) {
		errno = ENOENT;
		give_up(f, EX_NOINPUT, "it was changed while it was copied");
	}
	close(to);
	put_line(f, "bundle.digest", b.digest);
	env_epoch(&f->env, b.newest);
	bundle_free(&b);
}

static void
fill(struct freeze *f)
{
	f->dir = openat(f->a->store.dir, f->path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (f->dir < 0)
		give_up(f, err_code(errno), f->path);
	put_line(f, "bundle.path", f->real);
	put_line(f, "unit", f->unit.s);
	put_line(f, "jobs", f->member.jobs.s);
	put(f, "without", f->member.without.s, f->member.without.len);
	put_line(f, "jobserver", f->member.jobserver);
	copy_bundle(f);
	stamp_tell(&f->env, f->a, f->real);
	put(f, "env", f->env.s, f->env.len);
	if (member_tell(&f->member, id_of(f->path)) < 0)
		give_up(f, err_code(errno), f->member.folder);
	close(f->dir);
}

static void
build(struct args *a, char path[JOB_PATH])
{
	struct freeze f = { .a = a, .bundle = a->operand[1] };

	look(&f);
	if (!opt_dry)
		sweep(a, SWEEP_QUIET);
	make(a, "build", a->name ? a->name : f.name.s, f.path);
	if (!opt_dry)
		fill(&f);
	strcpy(path, f.path);
	buf_free(&f.name);
	buf_free(&f.unit);
	buf_free(&f.env);
	member_free(&f.member);
	close(f.from);
	free(f.real);
}

int
verb_new(struct args *a)
{
	const char *kind = a->operand[0];
	char path[JOB_PATH];
	struct buf out = { 0 };
	int is_build = !strcmp(kind, "build");

	if (!is_build && strcmp(kind, "session") && strcmp(kind, "fetch") &&
	    strcmp(kind, "group"))
		die(EX_USAGE, "%s: neither build, session, fetch nor group", kind);
	if (a->operands != 1 + is_build || (is_build && !a->branch))
		die(EX_USAGE, "new %s wants %s", kind,
		    is_build ? "--branch=NAME and a BUNDLE" : "no more than that");
	if (!is_build && (a->tree || a->member || a->verstamp || a->acbs_version))
		die(EX_USAGE, "new %s: no such option: --%s", kind, a->tree ? "tree" :
		    a->member ? "member" : a->verstamp ? "verstamp" : "acbs-version");
	stamp_check(a);
	making = a;
	if (a->lock >= 0)
		atexit(forget);
	if (is_build)
		build(a, path);
	else
		make(a, kind, a->name ? a->name : kind, path);
	sure(buf_printf(&out, "%s/%s\n", a->work_dir, path));
	print(&out);
	return 0;
}
