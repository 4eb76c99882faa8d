#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "digest.h"
#include "err.h"
#include "file.h"
#include "layer/cmd.h"
#include "store/history.h"

/* SHA-256 of the source list, in hex.  Returns 0, or an exit code. */
static int
digest_list(const struct cmd *c, const char *branch, char hex[DIGEST_HEX])
{
	struct digest *d;
	int fd, r = -1, code = 0;

	fd = open(c->list, O_RDONLY | O_CLOEXEC);
	if (fd < 0 && errno == ENOENT) {
		warn_msg("branch %s: %s is missing; write the apt sources of the branch into it",
		    branch, c->list);
		return EX_NOINPUT;
	}
	d = fd < 0 ? NULL : digest_new(digest_algo("sha256", 6));
	if (d && digest_fd(d, fd, -1) >= 0)
		r = digest_hex(d, hex);
	if (r < 0) {
		warn_sys("%s", c->list);
		code = err_code(errno);
	}
	digest_free(d);
	close_keep(fd);
	return code;
}

static int
same(const struct layer *l, const char *key, const char *want)
{
	const char *value = layer_value(l, key);

	return value && !strcmp(value, want);
}

/* Whether stack, an instance's, stands on base with the list and is not too deep: 1
 * or 0, or -1 with errno and b set. */
static int
fits(const struct cmd *c, const struct ids *stack, const char *base, const char *list,
    struct blame *b)
{
	size_t above = 0;
	struct layer l;
	int r = layer_get(&c->store, stack->at[stack->len - 1], &l, b);

	if (r == 0)
		r = same(&l, "base", base) && same(&l, "list", list);
	layer_free(&l);
	while (above < stack->len && strcmp(stack->at[stack->len - 1 - above], base))
		above++;
	return r > 0 ? !c->max_layers || above <= c->max_layers : r;
}

/* Whether it wants an update: 1 or 0, or -1 with errno and b set. */
static int
is_due(const struct cmd *c, const char *branch, struct blame *b)
{
	int64_t now = (int64_t)time(NULL), when;
	char at[STORE_NAME + 16];
	struct stat st;

	if (c->update < 0)
		return 0;
	snprintf(at, sizeof(at), "ref/checked/%s", branch);
	if (fstatat(c->store.dir, at, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return errno == ENOENT ? 1 : blame_set(b, errno, at, NULL, "%s", "");
	when = st.st_mtime;
	if (when > now)		/* some clock was wrong: nobody knows how old it is */
		return 1;
	return when < c->since && (!c->update || now - when >= c->update);
}

/* Whether the last build of the job's unit for branch failed: then this one is its
 * repetition.  Where nobody knows, it is none. */
static int
repeats(const struct cmd *c, const char *branch)
{
	const char *row[HISTORY_COLUMNS], *id = strrchr(c->stand, '/');
	struct buf unit = { 0 }, name = { 0 };
	struct history h = { 0 };
	char at[2 * STORE_NAME];
	int failed = 0;

	snprintf(at, sizeof(at), "jobs/%s/unit", id ? id + 1 : c->stand);
	if (store_line(&c->store, at, &unit) == 0 && unit_history_name(&name, unit.s) == 0 &&
	    history_open(&c->store, &h) == 0) {
		while (history_next(&h, row) > 0)
			if (!strcmp(row[HISTORY_NAME], name.s) && !strcmp(row[HISTORY_BRANCH], branch))
				failed = strcmp(row[HISTORY_VERDICT], "ok") != 0;
		history_close(&h);
	}
	if (failed)
		note("instance %s: stays as it was when the last build of %s failed", branch, unit.s);
	buf_free(&unit);
	buf_free(&name);
	return failed;
}

/* What there is may be damaged: then it is made anew, from the base.  Returns
 * whether it is there and fits, or -1 with errno and b set. */
static int
find(const struct cmd *c, const char *branch, const char *base, const char *list,
    struct ids *stack, struct blame *b)
{
	char ref[STORE_NAME + 16];
	int r;

	snprintf(ref, sizeof(ref), "instance/%s", branch);
	r = stack_named(c, ref, stack, b);
	if (r == 0)
		r = fits(c, stack, base, list, b);
	if (r >= 0 || errno == ENOENT)
		return r > 0;
	if (errno != EBADMSG)
		return -1;
	b->cure = "the instance is made anew";
	fail_name(c, b);
	return 0;
}

/* Writes FOLDER/stack.  Gc waits until it is there.  Returns an exit code. */
static int
put_stack(struct cmd *c, int folder, const char *at, const char *name)
{
	int lock = lock_layers(c, LOCK_SHARED), code = 0;
	struct ids stack = { 0 };
	struct buf line = { 0 };
	struct blame b;

	if (lock < 0)
		return err_code(errno);
	if (stack_named(c, name, &stack, &b) < 0)
		code = fail_ref(c, name, &b);
	else if (ids_line(&line, &stack) < 0 ||
	    file_put(folder, "stack", line.s, line.len) < 0)
		code = fail_sys(c, at);
	lock_drop(lock);
	ids_free(&stack);
	buf_free(&line);
	return code;
}

/* JOB/stack is that of the branch's instance; what an earlier try stood on does not
 * count any more.  Returns an exit code. */
static int
stand(struct cmd *c, const char *job, const char *branch)
{
	static const char *const old[] = { "stack.deps", "deps" };
	char id[STORE_NAME], ref[STORE_NAME + 16], at[2 * STORE_NAME];
	struct blame b;
	int fd, code = 0;
	size_t i;

	fd = folder_open(&c->store, job, "jobs", id, &b);
	if (fd < 0)
		return fail(c, &b);
	snprintf(at, sizeof(at), "jobs/%s/stack", id);
	for (i = 0; i < sizeof(old) / sizeof(*old) && !code; i++)
		if (unlinkat(fd, old[i], 0) < 0 && errno != ENOENT)
			code = fail_sys(c, at);
	snprintf(ref, sizeof(ref), "instance/%s", branch);
	if (!code)
		code = put_stack(c, fd, at, ref);
	close(fd);
	return code;
}

int
verb_stand(struct cmd *c)
{
	return branch_ok(c->arg[1]) ? stand(c, c->arg[0], c->arg[1]) : EX_USAGE;
}

int
verb_instance(struct cmd *c)
{
	struct ids base = { 0 }, stack = { 0 };
	const char *branch = c->arg[0], *top;
	struct buf out = { 0 };
	char list[DIGEST_HEX];
	struct blame b;
	int code, good = 0, due;

	if (!c->list)
		die(EX_USAGE, "instance wants --list=FILE");
	if (!branch_ok(branch))
		return EX_USAGE;
	code = digest_list(c, branch, list);
	if (code)
		return code;
	if (stack_named(c, "baseos", &base, &b) < 0)
		return fail_ref(c, "baseos", &b);
	top = base.at[base.len - 1];
	good = find(c, branch, top, list, &stack, &b);
	due = good < 0 ? -1 : is_due(c, branch, &b);
	if (good > 0 && due > 0 && c->update > 0 && c->stand && repeats(c, branch))
		due = 0;
	if (good > 0)
		top = stack.at[stack.len - 1];
	if (due < 0)
		code = fail(c, &b);
	else if (buf_printf(&out, "%s\n", top) < 0)
		code = fail_sys(c, "ref");
	else
		code = print(&out);
	ids_free(&base);
	ids_free(&stack);
	if (!code && (!good || due))
		return EX_NO;
	return code || !c->stand ? code : stand(c, c->stand, branch);
}

int
verb_checked(struct cmd *c)
{
	char at[STORE_NAME + 16];

	if (!branch_ok(c->arg[0]))
		return EX_USAGE;
	snprintf(at, sizeof(at), "ref/checked/%s", c->arg[0]);
	if (store_mkdir(&c->store, "ref/checked") < 0 ||
	    file_put(c->store.dir, at, "", 0) < 0)
		return fail_sys(c, at);
	return 0;
}

/* Opens folder where gc looks for a stack: at gets its path below work_dir.  Returns
 * its descriptor, or -1 with errno and b set. */
static int
open_place(struct cmd *c, const char *folder, char at[2 * STORE_NAME], struct blame *b)
{
	static const struct {
		const char *in, *begins;
	} places[] = { { "layers", "new." }, { "jobs", "" }, { "cache/names", "new" } };
	char name[STORE_NAME];
	size_t i;
	int fd;

	for (i = 0; i < sizeof(places) / sizeof(*places); i++) {
		fd = folder_open(&c->store, folder, places[i].in, name, b);
		if (fd < 0 && errno != EXDEV && errno != ENOENT)
			return -1;
		if (fd >= 0 && !strncmp(name, places[i].begins, strlen(places[i].begins))) {
			snprintf(at, 2 * STORE_NAME, "%s/%s", places[i].in, name);
			return fd;
		}
		if (fd >= 0)
			close(fd);
	}
	return access(folder, F_OK) < 0 ? blame_set(b, errno, folder, NULL, "%s", "") :
	    blame_set(b, EXDEV, folder, NULL, "%s",
	    "neither a layer in the making nor a job");
}

int
verb_stack_in(struct cmd *c)
{
	char at[2 * STORE_NAME];
	struct blame b;
	int fd = open_place(c, c->arg[0], at, &b), code;

	if (fd < 0)
		return fail(c, &b);
	code = put_stack(c, fd, at, c->arg[1]);
	close(fd);
	return code;
}
