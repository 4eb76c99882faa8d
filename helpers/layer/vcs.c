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
#include "opt.h"
#include "plain.h"

enum {
	TABLE_MOST = 64 << 20,	/* bytes */
	SHELL_FD = 7,		/* of lock_tab */
	DAY = 86400,		/* a mirror stays as long: a session may read it */
};

struct mirrors {
	struct cmd *c;
	struct ids wanted;	/* "TYPE/KEY" of what running jobs read */
	time_t now, before;	/* used after before: it stays */
	struct buf urls;	/* of what went */
};

static int
is_vcs(const char *type, size_t n)
{
	static const char *const types[] = { "git", "svn", "hg", "bzr", "fossil" };
	size_t i;

	for (i = 0; i < sizeof(types) / sizeof(*types); i++)
		if (strlen(types[i]) == n && !strncmp(type, types[i], n))
			return 1;
	return 0;
}

/* A row: N TYPE DIGEST NAME OPTIONS URL, and a path when it was fetched. */
static int
add_row(struct mirrors *m, char *line)
{
	char key[DIGEST_HEX + 32], hex[DIGEST_HEX];
	char *field[6] = { 0 }, *rest = line;
	size_t n;

	for (n = 0; n < 6 && rest; n++)
		field[n] = strsep(&rest, "\t");
	if (n < 6 || !is_vcs(field[1], strlen(field[1])))
		return 0;
	plain_urls(field[5]);
	if (digest_key(field[5], hex) < 0)
		return -1;
	snprintf(key, sizeof(key), "%.16s/%s", field[1], hex);
	return ids_add(&m->wanted, key);
}

/* What was written below a job's folder may be a container's: a table that can be
 * none of ours is passed over there, below being 1. */
static int
add_table(struct mirrors *m, const char *folder, const char *name, int below,
    struct blame *b)
{
	char at[4 * STORE_NAME], *line, *rest;
	struct buf text = { 0 };
	int r;

	snprintf(at, sizeof(at), "%.*s/%s", 3 * STORE_NAME, folder, name);
	r = file_get(m->c->store.dir, at, TABLE_MOST, &text);
	if (r < 0 && (errno == ENOENT || errno == ENOTDIR || (below &&
	    (errno == ELOOP || errno == EINVAL || errno == EFBIG))))
		return 0;
	for (rest = text.s; r == 0 && (line = strsep(&rest, "\n")); )
		r = add_row(m, line);
	if (r < 0)
		blame_set(b, errno, at, NULL, "%s", "");
	buf_free(&text);
	return r;
}

static int
add_folder(struct mirrors *m, const char *folder, int below, struct blame *b)
{
	static const char *const names[] = { "sources.want", "sources", "table" };
	size_t i;
	int r = 0;

	for (i = 0; i < sizeof(names) / sizeof(*names) && r == 0; i++)
		r = add_table(m, folder, names[i], below, b);
	return r;
}

/* A job has its table in its folder, or, when it fetches for many, one in each
 * folder there. */
static int
add_job(struct mirrors *m, const char *id, struct blame *b)
{
	char at[2 * STORE_NAME], in[3 * STORE_NAME];
	struct ids names = { 0 };
	int r, running = lock_held(&m->c->store, "job", id);
	size_t i;

	snprintf(at, sizeof(at), "jobs/%s", id);
	if (running < 0)
		return blame_set(b, errno, at, NULL, "%s", "");
	if (!running)
		return 0;
	r = ids_folder(&m->c->store, at, 1, &names);
	if (r < 0 && errno != ENOTDIR)
		blame_set(b, errno, at, NULL, "%s", "");
	else
		r = add_folder(m, at, 0, b);
	for (i = 0; i < names.len && r == 0; i++) {
		snprintf(in, sizeof(in), "%s/%s", at, names.at[i]);
		r = add_folder(m, in, 1, b);
	}
	ids_free(&names);
	return r;
}

static int
find_wanted(struct mirrors *m, struct blame *b)
{
	struct ids jobs = { 0 };
	int r = ids_folder(&m->c->store, "jobs", 1, &jobs);
	size_t i;

	if (r < 0)
		blame_set(b, errno, "jobs", NULL, "%s", "");
	for (i = 0; i < jobs.len && r == 0; i++)
		r = add_job(m, jobs.at[i], b);
	ids_free(&jobs);
	return r;
}

/* Prints the URL of a mirror, and removes it. */
static int
drop(struct mirrors *m, const char *at, const char *url)
{
	struct cmd *c = m->c;
	int r = 0;

	if (file_get(c->store.dir, url, STORE_TEXT, &m->urls) < 0)
		r = -1;
	else if (m->urls.len && m->urls.s[m->urls.len - 1] != '\n')
		r = buf_putc(&m->urls, '\n');
	if (r < 0) {
		warn_sys("%s/%s", c->store.path, url);
		return -1;
	}
	return opt_dry ? 0 : away(c, at);
}

/* A mirror TYPE/KEY.  When a clock was wrong nobody knows how long ago it was used:
 * it counts as used now, once. */
static int
look(struct mirrors *m, const char *key)
{
	char at[2 * STORE_NAME + 16], url[2 * STORE_NAME + 32];
	int dir = m->c->store.dir;
	struct stat st;

	snprintf(at, sizeof(at), "cache/vcs/%s", key);
	snprintf(url, sizeof(url), "%s/url", at);
	if (fstatat(dir, url, &st, AT_SYMLINK_NOFOLLOW) < 0) {
		if (errno == ENOENT || errno == ENOTDIR)
			return 0;
		warn_sys("%s/%s", m->c->store.path, url);
		return -1;
	}
	if (!S_ISREG(st.st_mode) || ids_has(&m->wanted, key))
		return 0;
	if (st.st_mtime > m->now && !opt_dry && utimensat(dir, url, NULL, 0) < 0) {
		warn_sys("%s/%s", m->c->store.path, url);
		return -1;
	}
	return st.st_mtime > m->before ? 0 : drop(m, at, url);
}

static int
look_all(struct mirrors *m)
{
	struct ids types = { 0 }, keys;
	char path[STORE_NAME + 16], key[2 * STORE_NAME];
	int r = ids_folder(&m->c->store, "cache/vcs", 0, &types);
	size_t i, k;

	if (r < 0)
		warn_sys("%s/cache/vcs", m->c->store.path);
	for (i = 0; i < types.len; i++) {
		keys = (struct ids){ 0 };
		snprintf(path, sizeof(path), "cache/vcs/%s", types.at[i]);
		if (ids_folder(&m->c->store, path, 0, &keys) < 0 && errno != ENOTDIR) {
			warn_sys("%s/%s", m->c->store.path, path);
			r = -1;
		}
		for (k = 0; k < keys.len; k++) {
			snprintf(key, sizeof(key), "%s/%s", types.at[i], keys.at[k]);
			if (look(m, key) < 0)
				r = -1;
		}
		ids_free(&keys);
	}
	ids_free(&types);
	return r;
}

/* The lock "sources": the caller's, on the descriptor that we were told or that shell
 * has it on; or ours. */
static int
lock_sources(struct cmd *c)
{
	int r = lock_inherit(&c->store, "sources", NULL, c->lock >= 0 ? c->lock : SHELL_FD);

	if (r < 0 && c->lock < 0)
		r = lock_take(&c->store, "sources", NULL, LOCK_WAIT,
		    "sources are being looked up");
	if (r < 0)
		warn_sys("%s/lock/sources", c->store.path);
	return r < 0 ? -1 : 0;
}

int
verb_vcs_gc(struct cmd *c)
{
	uint64_t age = c->max_age > DAY ? c->max_age : DAY;
	struct mirrors m = { .c = c, .now = time(NULL) };
	struct blame b;
	int code = 0, got;

	if (!c->max_age)
		return 0;
	if (lock_sources(c) < 0)
		return err_code(errno);
	m.before = age < (uint64_t)m.now ? m.now - (time_t)age : 0;
	if (find_wanted(&m, &b) < 0) {
		code = refuse(c, &b);
	} else {
		code = look_all(&m) < 0 ? EX_IOERR : 0;
		if (!opt_dry && store_trash_empty(&c->store) < 0) {
			warn_sys("%s/trash", c->store.path);
			code = EX_IOERR;
		}
	}
	ids_free(&m.wanted);
	got = print(&m.urls);
	return code ? code : got;
}
