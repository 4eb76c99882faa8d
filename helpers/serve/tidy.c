#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "err.h"
#include "file.h"
#include "serve/conf.h"
#include "serve/db.h"
#include "serve/req.h"
#include "serve/task.h"
#include "serve/tidy.h"
#include "store/store.h"
#include "vec.h"

int
tidy_sync(const char *path)
{
	const char *slash = strrchr(path, '/');
	char folder[512];
	int fd, r;

	snprintf(folder, sizeof(folder), "%.*s", slash ? (int)(slash - path) : 1,
	    slash ? path : ".");
	fd = openat(conf.at, folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	r = fd < 0 ? -1 : fsync(fd);
	close_keep(fd);
	return r;
}

static int
is_known(int64_t id)
{
	return db_get("SELECT 1 FROM task WHERE id = ?", "i|", id) != 0;
}

int
tidy_start(void)
{
	int fd;
	DIR *d;
	struct dirent *e;
	uint64_t id;
	char *end;

	if (mkdirat(conf.at, "task", 0700) < 0 && errno != EEXIST)
		return -1;
	if (store_remove(conf.at, "check") < 0 || mkdirat(conf.at, "check", 0700) < 0)
		return -1;
	fd = openat(conf.at, "task", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	d = fd < 0 ? NULL : fdopendir(fd);
	if (!d) {
		close_keep(fd);
		return -1;
	}
	while ((e = readdir(d))) {
		id = strtoull(e->d_name, &end, 10);
		if (e->d_name[0] != '.' && !*end && !is_known((int64_t)id))
			store_remove(fd, e->d_name);
	}
	closedir(d);
	return 0;
}

struct old {
	VEC(int64_t);
};

static int
add(void *arg, const struct db_row *row)
{
	struct old *v = arg;

	return vec_push(v, db_int(row, 0)) < 0;
}

#define ENDED "('ok', 'failed', 'error', 'cancelled')"

static void
old_tasks(void)
{
	struct old v = { 0 };
	size_t i;

	if (db_each(add, &v, "SELECT id FROM task WHERE ended < ? AND state IN " ENDED
	    " AND coalesce(repo, '') NOT IN ('waiting', 'held') LIMIT 1000", "i",
	    now_s() - conf.keep_tasks) < 0)
		v.len = 0;
	for (i = 0; i < v.len; i++) {
		if (db_run("DELETE FROM event WHERE task = ?", "i", v.at[i]) < 0 ||
		    db_run("DELETE FROM task WHERE id = ?", "i", v.at[i]) < 0)
			break;
		task_remove_files(v.at[i]);
	}
	vec_free(&v);
}

/* Logs and samples of every attempt; packages, result and task stay. */
static void
remove_logs(int64_t id)
{
	char path[80];
	int64_t n, attempts = 0;

	if (db_get("SELECT attempts FROM task WHERE id = ?", "i|i", id, &attempts) < 1)
		return;
	for (n = 1; n <= attempts; n++) {
		snprintf(path, sizeof(path), "task/%" PRId64 "/%" PRId64 "/log", id, n);
		unlinkat(conf.at, path, 0);
		snprintf(path, sizeof(path), "task/%" PRId64 "/%" PRId64 "/samples.csv", id, n);
		unlinkat(conf.at, path, 0);
	}
}

static void
old_logs(void)
{
	struct old v = { 0 };
	size_t i;

	if (db_each(add, &v, "SELECT DISTINCT t.id FROM task t JOIN attempt a ON a.task = t.id"
	    " WHERE t.ended < ? AND t.state IN " ENDED " AND a.log_size IS NOT NULL LIMIT 1000", "i",
	    now_s() - conf.keep_logs) < 0)
		v.len = 0;
	for (i = 0; i < v.len; i++) {
		remove_logs(v.at[i]);
		if (db_run("UPDATE attempt SET log_size = NULL WHERE task = ?", "i", v.at[i]) < 0)
			break;
	}
	vec_free(&v);
}

void
tidy_old(void)
{
	if (conf.keep_tasks)
		old_tasks();
	if (conf.keep_logs)
		old_logs();
	/* Who watches has seen them; the list of a task is kept with it. */
	db_run("DELETE FROM event WHERE task IS NULL OR (at < ? AND task NOT IN"
	    " (SELECT id FROM task))", "i", now_s() - 86400);
}
