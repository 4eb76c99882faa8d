#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "err.h"
#include "file.h"
#include "human.h"
#include "job/reason.h"
#include "parse.h"
#include "plain.h"
#include "table.h"

static int
is_one_of(const char *word, const char *const *words)
{
	for (; *words; words++)
		if (!strcmp(word, *words))
			return 1;
	return 0;
}

/* An error is none of the build's: its log does not say why. */
static int
has_failed(const char *verdict)
{
	static const char *const others[] = { "ok", "unfinished", "session", "stopped",
	    "running", "damaged", "error", NULL };

	return !is_one_of(verdict, others);
}

/* Looks in the log of a job.  Returns 0, or -1 with errno set. */
static int
look(struct args *a, const char *path, const char *verdict, struct why *w)
{
	char at[JOB_PATH + 16];
	int fd, r;

	w->n = 0;
	snprintf(at, sizeof(at), "%s/log", path);
	fd = openat(a->store.dir, at, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	if (fd < 0)
		return -1;
	r = why_find(fd, verdict, w);
	close_keep(fd);
	return r;
}

void
reason_find(struct args *a, const char *path, const char *verdict, struct why *w)
{
	/* Those before dependencies have no log, but may be of a job that had one, which
	 * the step deps removes; its own is what apt said. */
	static const char *const early[] = { "instance", "fetch", NULL };
	struct buf step = { 0 };

	w->n = 0;
	if (!has_failed(verdict))
		return;
	record_line(a, path, "step", &step);
	if (!is_one_of(step.s, early) && look(a, path, verdict, w) < 0 && errno != ENOENT)
		record_damaged(path, "log");
	buf_free(&step);
}

/* A number of the container's record, or 0. */
static uint64_t
number(const struct buf *rusage, const char *key)
{
	struct buf value = { 0 };
	uint64_t n = 0;

	if (store_value(rusage->s, key, &value) == 0 && value.len &&
	    parse_uint(value.s, 0, INT64_MAX, &n) < 0)
		n = 0;
	buf_free(&value);
	return n;
}

/* "aoinb: demo/hello 2.12-0: ok, 1:05, 120M, job 20261126-101112-hello" */
static void
say_head(struct args *a, const char *path, const char *verdict, struct buf *out)
{
	struct buf unit = { 0 }, version = { 0 }, rusage = { 0 };
	char human[HUMAN_MAX];
	uint64_t n;

	record_line(a, path, "unit", &unit);
	record_line(a, path, "version", &version);
	record_text(a, path, "rusage", &rusage);
	sure(buf_printf(out, "aoinb: %s%s%s%s%s", unit.s, unit.len && version.len ? " " : "",
	    version.s, unit.len || version.len ? ": " : "", verdict));
	n = number(&rusage, "wall_us");
	if (n)
		sure(buf_printf(out, ", %s", human_span(human, n)));
	n = number(&rusage, "peak_kib");
	if (n)
		sure(buf_printf(out, ", %s", human_size(human, n)));
	sure(buf_printf(out, ", job %s\n", id_of(path)));
	buf_free(&unit);
	buf_free(&version);
	buf_free(&rusage);
}

static int
is_member(struct args *a, const char *path)
{
	char at[JOB_PATH + 16];

	snprintf(at, sizeof(at), "%s/jobs", path);
	return faccessat(a->store.dir, at, F_OK, AT_SYMLINK_NOFOLLOW) == 0;
}

void
reason_say(struct args *a, const char *path, const struct outcome *o)
{
	struct buf out = { 0 }, step = { 0 };
	size_t i;
	int said;

	/* What is no fault of the package, and what it wants in vain, was said where it was
	 * found. */
	record_line(a, path, "step", &step);
	said = !strcmp(step.s, "deps");
	buf_free(&step);
	if (strcmp(o->verdict, "ok") ? said || !has_failed(o->verdict) || !o->why->n :
	    a->by_hand || is_member(a, path))
		return;
	say_head(a, path, o->verdict, &out);
	for (i = 0; i < o->why->n; i++)
		sure(buf_printf(&out, "  line %" PRIu64 ": %s\n", o->why->at[i].line,
		    o->why->at[i].text));
	if (o->why->n)
		sure(buf_printf(&out, "  more: aoinb log %s\n", id_of(path)));
	plain_lines(out.s);
	/* Whoever was to read this may have gone; nothing hangs on it. */
	(void)!file_write(STDERR_FILENO, out.s, out.len);
	buf_free(&out);
}

/* The log that somebody names by its path: whether there is one of that name, which
 * was looked in. */
static int
look_in_file(const char *name, struct why *w)
{
	struct stat st;
	int fd, r;

	if (stat(name, &st) < 0 || S_ISDIR(st.st_mode))
		return 0;
	fd = open(name, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	r = fd < 0 ? -1 : why_find(fd, "", w);
	if (r < 0 && errno == EINVAL)
		die(EX_DATAERR, "%s: not a regular file", name);
	if (r < 0)
		die_sys(err_code(errno), "%s", name);
	close(fd);
	return 1;
}

static void
look_in_job(struct args *a, const char *name, struct why *w)
{
	struct job_state state;
	char path[JOB_PATH];

	if (!a->work_dir)
		die(EX_NOINPUT, "%s: no such log; for a job, say --work-dir", name);
	named(a, name, path);
	if (strcmp(kind_word(path), "job"))
		die(EX_USAGE, "%s: not a job", name);
	if (job_state(&a->store, id_of(path), &state) < 0)
		die_sys(err_code(errno), "job %s", id_of(path));
	if (!strcmp(state.verdict, "ok"))
		die(EX_NO, "job %s: it did not fail", id_of(path));
	if (look(a, path, state.verdict, w) < 0) {
		if (errno == ENOENT)
			die(EX_NOINPUT, "job %s: no log yet", id_of(path));
		die_sys(err_code(errno), "job %s: its log", id_of(path));
	}
}

int
verb_why(struct args *a)
{
	static const char *const heads[] = { "LINE", "KIND", "TEXT" };
	struct buf out = { 0 };
	struct table t;
	struct why w;
	char line[24];
	size_t i;

	if (!look_in_file(a->operand[0], &w))
		look_in_job(a, a->operand[0], &w);
	if (a->json) {
		sure(why_json(&w, "", &out));
		sure(buf_puts(&out, "\n"));
		print(&out);
		return w.n ? 0 : EX_NO;
	}
	table_begin(&t, 3);
	for (i = 0; i < w.n; i++) {
		snprintf(line, sizeof(line), "%" PRIu64, w.at[i].line);
		sure(table_cell(&t, line));
		sure(table_cell(&t, w.at[i].kind));
		sure(table_cell(&t, w.at[i].text));
	}
	sure(table_print(&t, &out, table_form(STDOUT_FILENO), heads));
	table_free(&t);
	print(&out);
	if (!w.n)
		warn_msg("%s: nothing in it says why", a->operand[0]);
	return w.n ? 0 : EX_NO;
}
