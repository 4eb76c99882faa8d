#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "file.h"
#include "http/list.h"
#include "parse.h"
#include "ship/task.h"

int
task_name(const struct buf *text, char name[48])
{
	int64_t id = -1, n = -1;

	if (member_number(text, "id", &id) < 0 || member_number(text, "attempt", &n) < 0 ||
	    id < 1 || n < 1) {
		errno = EBADMSG;
		return -1;
	}
	snprintf(name, 48, "%" PRId64 ".%" PRId64, id, n);
	return 0;
}

static int
is_plain(const struct buf *b)
{
	const unsigned char *p = (const unsigned char *)(b->s ? b->s : "");

	for (; *p; p++)
		if (*p < ' ' || *p == 127)
			return 0;
	return 1;
}

static int
is_secret(const char *s)
{
	return *s && strlen(s) < 256 && s[strspn(s, "abcdefghijklmnopqrstuvwxyz"
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.-")] == '\0';
}

const char *
task_read(struct task *t)
{
	static const char *const layouts[] = { "bundle", "folder", "tree" };
	struct { const char *key; struct buf *to; } of[] = {
		{ "lease", &t->lease }, { "name", &t->name }, { "branch", &t->branch },
		{ "arch", &t->arch }, { "layout", &t->layout }, { "bundle_sha256", &t->sha256 },
		{ "modifiers", &t->modifiers }, { "targets", &t->targets },
		{ "settings", &t->settings }, { "packages", &t->packages },
		{ "source_list", &t->source_list }, { "repo", &t->repo },
	};
	struct buf limits = { 0 };
	size_t i;
	int bad;

	t->log_most = INT64_MAX;
	t->size = -1;
	t->lease_s = 300;
	for (i = 0; i < sizeof(of) / sizeof(*of); i++)
		if (member_text(&t->text, of[i].key, of[i].to) < 0)
			return of[i].key;
	bad = member_number(&t->text, "id", &t->id) < 0 ||
	    member_number(&t->text, "attempt", &t->attempt) < 0 ||
	    member_number(&t->text, "lease_s", &t->lease_s) < 0 ||
	    member_number(&t->text, "bundle_size", &t->size) < 0 ||
	    member_text(&t->text, "limits", &limits) < 0 ||
	    (limits.len && member_number(&limits, "log", &t->log_most) < 0);
	buf_free(&limits);
	if (bad || t->id < 1 || t->attempt < 1 || t->size < 0)
		return "a number";
	if (!is_secret(t->lease.s))
		return "lease";
	if (!store_name_ok(t->branch.s))
		return "branch";
	if (!store_name_ok(t->arch.s))
		return "arch";
	if (strlen(t->sha256.s) != 64 || strspn(t->sha256.s, "0123456789abcdef") != 64)
		return "bundle_sha256";
	if (!is_plain(&t->modifiers) || !is_plain(&t->repo) || strpbrk(t->repo.s, " []"))
		return "modifiers or repo";
	for (i = 0; i < sizeof(layouts) / sizeof(*layouts); i++)
		if (!strcmp(t->layout.s, layouts[i]))
			return NULL;
	return "layout";
}

void
task_free(struct task *t)
{
	struct buf *of[] = { &t->text, &t->lease, &t->name, &t->branch, &t->arch, &t->layout,
	    &t->sha256, &t->modifiers, &t->targets, &t->settings, &t->packages, &t->source_list,
	    &t->repo };
	size_t i;

	for (i = 0; i < sizeof(of) / sizeof(*of); i++)
		buf_free(of[i]);
}

const char *
task_arch(const struct task *t, const struct worker *w)
{
	return strcmp(t->arch.s, "noarch") && strcmp(t->arch.s, "all") ? t->arch.s : w->own_arch;
}

static int
has_list(const struct task *t, const struct worker *w)
{
	char path[4096];

	snprintf(path, sizeof(path), "%s/source_lists/%s.list", w->conf, t->branch.s);
	return access(path, R_OK) == 0;
}

const char *
task_unwanted(const struct task *t, const struct worker *w)
{
	if (w->branches.len && !words_have(&w->branches, t->branch.s))
		return "its branch is none of [work] branches";
	if (strcmp(t->arch.s, "noarch") && strcmp(t->arch.s, "all") &&
	    !words_have(&w->archs, t->arch.s))
		return "its architecture is none of this worker's";
	if (!has_list(t, w) && !w->lists)
		return "this worker has no source list of its branch, and takes none of the server";
	if (!has_list(t, w) && !t->source_list.len)
		return "neither this worker nor the server has a source list of its branch";
	return NULL;
}

static int
put(int folder, const char *name, const char *text, const char *end)
{
	struct buf b = { 0 };
	int r = buf_puts(&b, text) < 0 || buf_puts(&b, end) < 0 ? -1 :
	    file_put(folder, name, b.s, b.len);

	buf_free(&b);
	return r;
}

/* What Slurm gave the build is all that it may use, whatever is set here. */
static int
allotment(const struct task *t, struct buf *lines)
{
	static const struct { const char *need, *line; } of[] = {
		{ "cpus", "build_jobs=%" PRId64 "\n" }, { "memory_mib", "limit_memory=%" PRId64 "M\n" },
		{ "time_s", "limit_time=%" PRId64 "s\n" },
	};
	struct buf engine = { 0 }, needs = { 0 };
	const char *given = getenv("SLURM_CPUS_ON_NODE");	/* its job's */
	int64_t n[3] = { 0 };
	uint64_t cpus;
	size_t i;
	int r;

	r = member_text(&t->text, "engine", &engine) < 0 || member_text(&t->text, "needs", &needs) < 0 ?
	    -1 : 0;
	for (i = 0; i < 3 && r == 0 && !strcmp(engine.s, "slurm") && needs.len; i++) {
		r = member_number(&needs, of[i].need, &n[i]);
		if (!i && !n[i] && given && parse_uint(given, 1, 1 << 20, &cpus) == 0)
			n[i] = (int64_t)cpus;
		if (r == 0 && n[i])
			r = buf_printf(lines, of[i].line, n[i]);
	}
	buf_free(&engine);
	buf_free(&needs);
	return r;
}

/* Those that the owner allows, as lines KEY=VALUE. */
static int
write_settings(const struct task *t, const struct worker *w, int folder)
{
	struct buf lines = { 0 }, value = { 0 };
	size_t i;
	int r = 0;

	for (i = 0; i < w->settings.len && r >= 0 && t->settings.len; i++) {
		r = member_text(&t->settings, w->settings.at[i], &value);
		if (r == 0 && value.len && is_plain(&value))
			r = buf_printf(&lines, "%s=%s\n", w->settings.at[i], value.s);
	}
	if (r == 0 && allotment(t, &lines) == 0)
		r = put(folder, "settings", lines.len ? lines.s : "", "");
	buf_free(&lines);
	buf_free(&value);
	return r;
}

/* A name on the host is none that the server chooses. */
static int
is_target(const char *s)
{
	return *s && *s != '-' && *s != '/' && *s != '.' && strlen(s) < 200 &&
	    !strstr(s, "..") && s[strspn(s, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
	    "0123456789._+~:/,-")] == '\0';
}

static int
add_target(void *arg, const char *s, size_t len)
{
	struct buf *lines = arg, one = { 0 };
	int r = list_string(s, len, &one);

	if (r == 0 && !is_target(one.s)) {
		errno = EBADMSG;
		r = -1;
	}
	if (r == 0)
		r = buf_printf(lines, "%s\n", one.s);
	buf_free(&one);
	return r;
}

int
task_write(const struct task *t, const struct worker *w, int folder)
{
	struct buf unit = { 0 };
	int r;

	if (list_each(t->packages.len ? t->packages.s : "[]", add_target, &unit) < 0 || !unit.len)
		unit.len = 0;
	if (unit.len)
		unit.s[strcspn(unit.s, "\n")] = '\0';
	r = put(folder, "branch", t->branch.s, "\n") < 0 ||
	    put(folder, "modifiers", t->modifiers.len ? t->modifiers.s : "-", "\n") < 0 ||
	    put(folder, "from", w->conf, "\n") < 0 ||
	    put(folder, "unit", unit.len ? unit.s : "bundle", "\n") < 0 ||
	    put(folder, "arch", task_arch(t, w), "\n") < 0 ||
	    write_settings(t, w, folder) < 0 ||
	    (!has_list(t, w) && put(folder, "list", t->source_list.s, "\n") < 0) ? -1 : 0;
	buf_free(&unit);
	return r;
}

/* Whether one of the entries that are looked at by name, at these levels, is a link: it
 * could name what is no part of the bundle. */
static int
has_link(int dir, const char *name, int levels)
{
	int fd = openat(dir, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC), r = 0;
	DIR *d = fd < 0 ? NULL : fdopendir(fd);
	struct dirent *e;
	struct stat st;

	if (!d) {
		close_keep(fd);
		return 1;
	}
	while (!r && (e = readdir(d))) {
		if (!strcmp(e->d_name, ".") || !strcmp(e->d_name, ".."))
			continue;
		if (fstatat(fd, e->d_name, &st, AT_SYMLINK_NOFOLLOW) < 0 || S_ISLNK(st.st_mode))
			r = 1;
		else if (S_ISDIR(st.st_mode) && levels > 1)
			r = has_link(fd, e->d_name, levels - 1);
	}
	closedir(d);
	return r;
}

/* The folder of tree/ that is the bundle. */
static int
find_bundle(int folder, struct buf *lines)
{
	int fd = openat(folder, "tree", O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC), r = -1;
	DIR *d = fd < 0 ? NULL : fdopendir(fd);
	struct dirent *e;
	char path[300];

	while (d && r < 0 && (e = readdir(d))) {
		if (!store_name_ok(e->d_name))
			continue;
		snprintf(path, sizeof(path), "%s/spec", e->d_name);
		if (faccessat(fd, path, R_OK, AT_SYMLINK_NOFOLLOW) == 0)
			r = buf_printf(lines, "tree/%s\n", e->d_name);
	}
	if (d)
		closedir(d);
	else
		close_keep(fd);
	return r;
}

const char *
task_targets(const struct task *t, int folder)
{
	struct buf lines = { 0 };
	int tree = !strcmp(t->layout.s, "tree"), r;
	const struct buf *from = t->targets.len > 2 ? &t->targets : &t->packages;

	if (has_link(folder, "tree", tree ? 3 : 2))
		return "a link is where a folder or file of its own has to be";
	r = tree ? list_each(from->s, add_target, &lines) : find_bundle(folder, &lines);
	if (r < 0 || !lines.len) {
		buf_free(&lines);
		return "it does not have what is to be built";
	}
	r = put(folder, tree ? "names" : "bundle.at", lines.s, "");
	buf_free(&lines);
	return r < 0 ? "its targets cannot be written down" : NULL;
}
