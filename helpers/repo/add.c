#include <errno.h>
#include <fcntl.h>
#include <fnmatch.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "err.h"
#include "file.h"
#include "repo/add.h"
#include "store/built.h"

void
add_check(char *const files[])
{
	struct stat st;
	int i, k;

	for (i = 0; files[i]; i++) {
		if (lstat(files[i], &st) < 0)
			die_sys(err_code(errno), "%s", files[i]);
		for (k = 0; k < i; k++)
			if (!strcmp(stage_name(files[k]), stage_name(files[i])))
				die(EX_USAGE, "%s: two files of that name", stage_name(files[i]));
	}
}

/* Whether the lines of text have name. */
static int
has_line(const struct buf *text, const char *name, size_t len)
{
	const char *line = text->len ? text->s : "", *end;

	for (; *line; line = *end ? end + 1 : end) {
		end = strchrnul(line, '\n');
		if ((size_t)(end - line) == len && !memcmp(line, name, len))
			return 1;
	}
	return 0;
}

static int
may_use(const struct adder *who, const struct buf *names, const char *name)
{
	size_t len = strlen(name);
	const char *const *also;

	if (has_line(names, name, len) ||
	    (len > 4 && !strcmp(name + len - 4, "-dbg") && has_line(names, name, len - 4)))
		return 1;
	for (also = who->also; *also; also++)
		if (fnmatch(*also, name, 0) == 0)
			return 1;
	return 0;
}

void
add_check_arch(const struct stage *s, struct repo *r, const struct adder *who)
{
	struct span value;
	size_t i;

	for (i = 0; who->arch && i < s->p.v.len; i++) {
		value = stanza_get(s->p.v.at[i].stanza, "Architecture");
		if ((value.len != 3 || memcmp(value.s, "all", 3)) &&
		    (value.len != strlen(who->arch) || memcmp(value.s, who->arch, value.len)))
			repo_failed(r, EX_NO, "%s: its architecture is %.*s, and neither %s nor all",
			    s->p.v.at[i].file, (int)(value.len < 64 ? value.len : 64), value.s, who->arch);
	}
}

void
add_check_names(const struct stage *s, struct repo *r, const struct adder *who)
{
	struct buf names = { 0 };
	const struct package *a;
	struct span value;
	char name[256];
	size_t i;

	if (!who->names)
		return;
	if (file_get(AT_FDCWD, who->names, STORE_TEXT, &names) < 0)
		repo_failed_sys(r, "%s", who->names);
	for (i = 0; i < s->p.v.len; i++) {
		a = &s->p.v.at[i];
		value = stanza_get(a->stanza, "Package");
		snprintf(name, sizeof(name), "%.*s", (int)value.len, value.s);
		if (strncmp(a->file, name, value.len) || a->file[value.len] != '_')
			repo_failed(r, EX_NO, "%s: its package is %s; a file has the name of its "
			    "package", a->file, name);
		if (!may_use(who, &names, name))
			repo_failed(r, EX_NO, "%s: the bundle makes no package %s; allow it by "
			    "[repo] also, if it is meant", a->file, name);
	}
	buf_free(&names);
}

/* Who replaces a file does not have its time, in whole seconds: mirrors and caches on the
 * way to a client see by that that it is another one. */
static int
set_time(const struct stage *s, const struct repo *r, const char *name)
{
	struct timespec times[2] = { { .tv_nsec = UTIME_OMIT }, { 0 } };
	struct stat old, new;

	if (fstatat(s->dir, name, &new, AT_SYMLINK_NOFOLLOW) < 0)
		return -1;
	if (fstatat(r->out, name, &old, AT_SYMLINK_NOFOLLOW) < 0 ||
	    old.st_mtim.tv_sec != new.st_mtim.tv_sec)
		return 0;
	times[1].tv_sec = old.st_mtim.tv_sec + 1;
	return utimensat(s->dir, name, times, AT_SYMLINK_NOFOLLOW);
}

/* What no other unit made may be replaced. */
static void
check_replaced(const struct stage *s, struct repo *r, const struct adder *who)
{
	struct buf owner = { 0 };
	const char *file;
	struct stat st;
	size_t i;
	int r_owner;

	for (i = 0; who->unit && i < s->p.v.len; i++) {
		file = s->p.v.at[i].file;
		if (fstatat(r->out, file, &st, AT_SYMLINK_NOFOLLOW) < 0)
			continue;
		r_owner = built_by_another(&r->store, r->branch, who->unit, file, &owner);
		if (r_owner < 0)
			repo_failed_sys(r, "who made %s cannot be found out", file);
		if (r_owner)
			repo_failed(r, EX_NO, "%s: %s made it, and %s may not replace it; remove "
			    "it first, if that is meant", file, owner.s, who->unit);
	}
	buf_free(&owner);
}

/* Whether it is there already, under the very name that it was given by. */
static int
is_there(const struct stage *s, const struct repo *r, const char *name)
{
	struct stat new, old;

	return fstatat(s->dir, name, &new, AT_SYMLINK_NOFOLLOW) == 0 &&
	    fstatat(r->out, name, &old, AT_SYMLINK_NOFOLLOW) == 0 &&
	    new.st_dev == old.st_dev && new.st_ino == old.st_ino;
}

static int
move(const struct stage *s, const struct repo *r, const struct staged *f)
{
	if (is_there(s, r, f->name))
		return 0;
	if (set_time(s, r, f->name) < 0 || renameat(s->dir, f->name, r->out, f->name) < 0)
		return -1;
	return unlink(f->path);
}

void
add_files(const struct stage *s, struct repo *r, const struct adder *who, struct buf *rows)
{
	const struct staged *f;
	size_t i;

	check_replaced(s, r, who);
	for (i = 0; i < s->files.len; i++) {
		f = &s->files.at[i];
		if (!packages_find(&s->p, f->name, strlen(f->name)))
			continue;
		if (move(s, r, f) < 0 ||
		    buf_printf(rows, "sha256::%s\t%lld\t%s\n", f->hex, f->bytes, f->name) < 0)
			repo_failed_sys(r, "%s cannot be moved there", f->name);
	}
}
