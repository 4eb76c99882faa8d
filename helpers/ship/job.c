#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

#include "err.h"
#include "file.h"
#include "json.h"
#include "parse.h"
#include "plain.h"
#include "ship/attempt.h"
#include "store/job.h"

/* The first line of a file of a folder, when it is the name of something of ours. */
static int
name_in(int dir, const char *path, char name[STORE_NAME])
{
	struct buf b = { 0 };
	int r = -1;

	if (file_get(dir, path, 4096, &b) == 0 && b.len) {
		b.s[strcspn(b.s, "\n")] = '\0';
		if (store_name_ok(b.s) && strlen(b.s) < STORE_NAME) {
			strcpy(name, b.s);
			r = 0;
		}
	}
	buf_free(&b);
	return r;
}

struct found {
	char job[300];
	int any, running;
	struct timespec at;
};

/* The units of a group have folders, in which the id of their job is. */
static int
each_unit(struct attempt *a, const char *group, int (*each)(struct attempt *a, const char *job,
    void *arg), void *arg)
{
	char path[STORE_NAME + 16], id[STORE_NAME], job[300], name[STORE_NAME + 8], **names = NULL;
	long n, i;
	int r = 0, fd;

	snprintf(path, sizeof(path), "groups/%s/run", group);
	n = store_names(&a->w->store, path, &names);
	fd = openat(a->w->store.dir, path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	for (i = 0; i < n && fd >= 0 && r == 0; i++) {
		if (snprintf(name, sizeof(name), "%s/job", names[i]) >= (int)sizeof(name) ||
		    name_in(fd, name, id) < 0)
			continue;
		snprintf(job, sizeof(job), "jobs/%s", id);
		r = each(a, job, arg);
	}
	close_keep(fd);
	if (n > 0)
		store_names_free(names, n);
	return n < 0 ? -1 : r;
}

int
attempt_jobs(struct attempt *a, int (*each)(struct attempt *a, const char *job, void *arg), void *arg)
{
	char id[STORE_NAME], job[300];

	if (name_in(a->folder, "group", id) == 0)
		return each_unit(a, id, each, arg);
	if (name_in(a->folder, "job", id) < 0)
		return 0;
	snprintf(job, sizeof(job), "jobs/%s", id);
	return each(a, job, arg);
}

/* Ids begin with a stamp, so the last one in their order began last. */
static int
take_newest(struct attempt *a, const char *job, void *arg)
{
	char *newest = arg;

	(void)a;
	if (strcmp(job, newest) > 0)
		strcpy(newest, job);
	return 0;
}

int
attempt_job(struct attempt *a, char job[300])
{
	*job = '\0';
	attempt_jobs(a, take_newest, job);
	return *job ? 0 : -1;
}

static int
result_code(struct attempt *a, const char *job, int *code)
{
	struct buf text = { 0 }, b = { 0 };
	uint64_t n;
	int r = 0;

	if (job_text(&a->w->store, job, "result.json", &text) == 0 &&
	    json_get(text.s, text.len, "code", &b) == 0 && parse_uint(b.s, 0, 255, &n) == 0) {
		*code = (int)n;
		r = 1;
	}
	buf_free(&text);
	buf_free(&b);
	return r;
}

/* Who was killed with his build has a result that says so, and does not count. */
static int
was_killed(struct attempt *a, const char *job)
{
	struct buf text = { 0 }, b = { 0 };
	int r = job_text(&a->w->store, job, "result.json", &text) == 0 &&
	    json_get(text.s, text.len, "verdict", &b) == 0 && (!strcmp(b.s, "killed") ||
	    !strcmp(b.s, "stopped") || !strcmp(b.s, "null"));

	buf_free(&text);
	buf_free(&b);
	return r;
}

int
attempt_ended(struct attempt *a, int *code)
{
	char id[STORE_NAME], path[300];
	struct group_state state;

	if (name_in(a->folder, "code", id) == 0) {
		*code = atoi(id);
		return 1;
	}
	if (name_in(a->folder, "group", id) == 0) {
		if (group_state(&a->w->store, id, &state) < 0)
			return 0;
		*code = strcmp(state.verdict, "ok") != 0;
		return !*code || !strcmp(state.verdict, "failed");
	}
	if (name_in(a->folder, "job", id) < 0)
		return 0;
	snprintf(path, sizeof(path), "jobs/%s", id);
	return !was_killed(a, path) && result_code(a, path, code);
}

/* The last whole line of samples: elapsed, user, system, memory ... */
static void
look_at_samples(struct attempt *a, const char *job)
{
	char path[400], tail[600];
	int64_t user, sys, mem;
	char *at;
	ssize_t n;
	off_t size;
	int fd;

	snprintf(path, sizeof(path), "%s/samples.csv", job);
	fd = openat(a->w->store.dir, path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
	size = fd < 0 ? 0 : lseek(fd, 0, SEEK_END);
	n = size <= 0 ? 0 : pread(fd, tail, sizeof(tail) - 1, size > 599 ? size - 599 : 0);
	close_keep(fd);
	if (n <= 0 || tail[n - 1] != '\n')
		return;
	tail[n - 1] = '\0';
	at = strrchr(tail, '\n');
	if (at && sscanf(at + 1, "%*d,%" SCNd64 ",%" SCNd64 ",%" SCNd64, &user, &sys, &mem) == 3) {
		a->cpu_us = user + sys;
		if (mem > a->peak_kib)
			a->peak_kib = mem;
	}
}

struct next {
	const char *after;	/* the log of a job, or "" */
	char log[400];		/* of the first job behind that, "" when there is none */
};

static int
take_next(struct attempt *a, const char *job, void *arg)
{
	struct next *n = arg;
	char log[400];

	(void)a;
	snprintf(log, sizeof(log), "%.390s/log", job);
	if (strcmp(log, n->after) > 0 && (!*n->log || strcmp(log, n->log) < 0))
		strcpy(n->log, log);
	return 0;
}

/* The logs of all jobs in their order: some may have begun and ended since the last look. */
static int
feed(struct attempt *a)
{
	struct next n = { .after = a->feed.last };

	if (*a->feed.source && feed_take(&a->feed, a->feed.source) < 0)
		return -1;
	for (;;) {
		*n.log = '\0';
		attempt_jobs(a, take_next, &n);
		if (!*n.log)
			return 0;
		if (feed_take(&a->feed, n.log) < 0)
			return -1;
	}
}

void
attempt_look(struct attempt *a)
{
	char job[300];
	struct buf step = { 0 };

	if (attempt_job(a, job) < 0)
		return;
	if (feed(a) < 0)
		warn_sys("%s: its log", a->name);
	look_at_samples(a, job);
	if (!wait_stopped() && job_line(&a->w->store, job, "step", &step) == 0 && step.len)
		attempt_step(a, step.s);
	buf_free(&step);
}

/* --- the verdict */

static void
take_verdict(struct attempt *a, const char *job, struct end *e)
{
	static const char *const words[][2] = {
		{ "timeout", "time" }, { "silent", "silence" }, { "oom", "memory" },
		{ "disk-full", "disk" }, { "signal", "failed" },
	};
	struct buf text = { 0 }, b = { 0 };
	size_t i;

	if (job_text(&a->w->store, job, "result.json", &text) == 0 &&
	    json_get(text.s, text.len, "verdict", &b) == 0 && b.len && b.len < sizeof(e->verdict))
		strcpy(e->verdict, b.s);
	for (i = 0; i < sizeof(words) / sizeof(*words); i++)
		if (!strcmp(e->verdict, words[i][0]))
			strcpy(e->verdict, words[i][1]);
	buf_free(&text);
	buf_free(&b);
}

/* Whether a line of a log is one of an error, as compilers and make write it. */
static int
is_error(const char *line)
{
	return strcasestr(line, "error:") || strstr(line, "*** ") || strstr(line, "E: ") ||
	    strstr(line, ": not found") || strstr(line, "No such file");
}

/* The first such line of the log. */
static int
first_error(struct attempt *a, char why[500])
{
	int fd = openat(a->folder, "log", O_RDONLY | O_NOFOLLOW | O_CLOEXEC), found = 0;
	FILE *in = fd < 0 ? NULL : fdopen(fd, "r");
	char line[1000];

	while (in && !found && fgets(line, sizeof(line), in)) {
		line[strcspn(line, "\r\n")] = '\0';
		found = is_error(line);
	}
	if (in)
		fclose(in);
	if (found) {
		snprintf(why, 500, "%.480s", line);
		plain_line(why);
	}
	return found;
}

/* The last that the front-end said, without where the log is here. */
static void
last_word(struct attempt *a, char why[500])
{
	struct buf b = { 0 };
	char *at, *cut;

	if (file_get(a->folder, "err", 1 << 20, &b) == 0 && b.len) {
		while (b.len && isspace((unsigned char)b.s[b.len - 1]))
			b.s[--b.len] = '\0';
		at = strrchr(b.s, '\n');
		at = at ? at + 1 : b.s;
		if ((cut = strstr(at, "; the log is ")))
			*cut = '\0';
		snprintf(why, 500, "%.480s", !strncmp(at, "aoinb: ", 7) ? at + 7 : at);
		plain_line(why);
	}
	buf_free(&b);
}

void
attempt_judge(struct attempt *a, int code, struct end *e)
{
	char job[300], id[STORE_NAME];
	int is_group = name_in(a->folder, "group", id) == 0;

	*e = (struct end){ .code = code };
	strcpy(e->verdict, code == 0 ? "ok" : code == 1 || code == 65 || code == 66 ? "failed" :
	    code == 129 || code == 130 || code == 143 ? "stopped" : "error");
	if (a->cancel) {
		strcpy(e->verdict, "stopped");
		e->code = 143;
		strcpy(e->why, "cancelled");
		return;
	}
	/* A spec or a source that is wrong is no fault of the machine, whatever the code. */
	if (!is_group && code != 65 && code != 66 && attempt_job(a, job) == 0)
		take_verdict(a, job, e);
	if (code == 1 && !strcmp(a->step, "deps"))
		strcpy(e->verdict, "unmet");
	if (!code)
		return;
	if (strcmp(e->verdict, "failed") || !first_error(a, e->why))
		last_word(a, e->why);
}
