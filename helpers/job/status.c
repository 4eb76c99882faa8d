#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

#include "err.h"
#include "file.h"
#include "human.h"
#include "job/args.h"
#include "job/record.h"
#include "plain.h"
#include "store/sample.h"
#include "table.h"

enum { LOG_TAIL = 4096, EVERY_MS = 1000, COLUMNS = 7 };

/* What runs: a job, or a group. */
struct running {
	enum job_kind kind;
	const char *id;
	char branch[STORE_NAME];
	int64_t seconds;	/* since it began; -1: not known */
	struct buf step, line;	/* of a group: how much is built, and "" */
	int used;		/* usage says something */
	struct job_usage usage;
};

/* The last line of the log with something in it, without colours. */
static void
last_line(struct args *a, struct running *r)
{
	char path[JOB_PATH + 16], text[LOG_TAIL + 1], *s;
	struct plain plain = { .bare = 1 };
	size_t n;

	snprintf(path, sizeof(path), "jobs/%s/log", r->id);
	n = job_tail(&a->store, path, text, sizeof(text));
	while (n && strchr("\n\r\t ", text[n - 1]))
		text[--n] = '\0';
	s = memrchr(text, '\n', n);
	s = s ? s + 1 : text;
	sure(plain_put(&plain, s, strlen(s), &r->line));
	sure(plain_end(&plain, &r->line));
	sure(buf_puts(&r->line, ""));
}

/* Fills r in.  Returns 0 when the job or group has ended meanwhile. */
static int
look(struct args *a, struct running *r)
{
	char path[JOB_PATH];
	struct job_state job = { .began = -1 };
	struct group_state group = { .began = -1 };
	int64_t began;

	if (job_running(&a->store, r->kind, r->id) <= 0)
		return 0;
	if (r->kind == GROUP) {
		if (group_state(&a->store, r->id, &group) < 0 && errno != ENOENT)
			return 0;
		began = group.began;
		memcpy(r->branch, group.branch, sizeof(r->branch));
		sure(group.total ? buf_printf(&r->step, "%u/%u built", group.built, group.total) :
		    buf_puts(&r->step, "plan"));
	} else {
		if (job_state(&a->store, r->id, &job) < 0)
			return 0;
		began = job.began;
		memcpy(r->branch, job.branch, sizeof(r->branch));
		snprintf(path, sizeof(path), "jobs/%s", r->id);
		record_line(a, path, "step", &r->step);
		r->used = job_usage(&a->store, r->id, &r->usage) == 0;
		last_line(a, r);
	}
	r->seconds = began < 0 ? -1 : (int64_t)time(NULL) - began;
	return 1;
}

static void
cells(struct table *t, const struct running *r, enum table_form form)
{
	char cpu[32] = "", mem[HUMAN_MAX] = "", span[HUMAN_MAX] = "";

	if (r->used) {
		snprintf(cpu, sizeof(cpu), form == TABLE_PEOPLE ? "%.0f %%" : "%.0f", 100 * r->usage.cpu);
		if (form == TABLE_PEOPLE)
			human_size(mem, r->usage.mem_kib);
		else
			snprintf(mem, sizeof(mem), "%" PRIu64, r->usage.mem_kib);
	}
	if (r->seconds >= 0 && form == TABLE_PEOPLE)
		human_span(span, (uint64_t)r->seconds * 1000000);
	else if (r->seconds >= 0)
		snprintf(span, sizeof(span), "%" PRId64, r->seconds);
	sure(table_cell(t, r->id));
	sure(table_cell(t, r->branch));
	sure(table_cell(t, r->step.s));
	sure(table_cell(t, span));
	sure(table_cell(t, cpu));
	sure(table_cell(t, mem));
	sure(table_cell(t, r->line.s));
}

static void
json(struct buf *out, const struct running *r)
{
	sure(buf_printf(out, "{ \"kind\": \"%s\", \"id\": ", job_class(r->kind)));
	sure(buf_json(out, r->id));
	sure(buf_puts(out, ", \"branch\": "));
	sure(buf_json(out, r->branch));
	sure(buf_puts(out, ", \"step\": "));
	sure(buf_json(out, r->step.s ? r->step.s : ""));
	sure(r->seconds < 0 ? buf_puts(out, ", \"seconds\": null") :
	    buf_printf(out, ", \"seconds\": %" PRId64, r->seconds));
	sure(r->used ? buf_printf(out, ", \"cpu\": %.2f, \"mem_kib\": %" PRIu64, r->usage.cpu,
	    r->usage.mem_kib) : buf_puts(out, ", \"cpu\": null, \"mem_kib\": null"));
	sure(buf_puts(out, ", \"line\": "));
	sure(buf_json(out, r->line.s ? r->line.s : ""));
	sure(buf_puts(out, " }"));
}

/* Adds what runs of one kind: a lock that is held is the only sign of life. */
static size_t
add_kind(struct args *a, enum job_kind kind, char **locks, long n, struct table *t,
    enum table_form form, struct buf *out)
{
	const char *class = job_class(kind);
	size_t len = strlen(class), rows = 0;
	struct running r;
	long i;

	for (i = 0; i < n; i++) {
		if (strncmp(locks[i], class, len) || locks[i][len] != '.')
			continue;
		r = (struct running){ .kind = kind, .id = locks[i] + len + 1 };
		if (look(a, &r)) {
			if (a->json) {
				sure(buf_puts(out, out->len ? ",\n  " : "[\n  "));
				json(out, &r);
			} else {
				cells(t, &r, form);
			}
			rows++;
		}
		buf_free(&r.step);
		buf_free(&r.line);
	}
	return rows;
}

/* What runs, into out.  Returns how many. */
static size_t
status(struct args *a, struct buf *out)
{
	static const char *const heads[COLUMNS] =
	    { "JOB", "BRANCH", "STEP", "TIME", "CPU", "MEMORY", "LAST LINE" };
	enum table_form form = table_form(STDOUT_FILENO);
	struct table t;
	char **locks = NULL;
	size_t rows;
	long n = 0;

	if (a->store.dir >= 0)
		n = store_names(&a->store, "lock", &locks);
	if (n < 0)
		die_sys(err_code(errno), "%s/lock", a->work_dir);
	table_begin(&t, COLUMNS);
	rows = add_kind(a, GROUP, locks, n, &t, form, out);
	rows += add_kind(a, JOB, locks, n, &t, form, out);
	if (a->json)
		sure(buf_puts(out, rows ? "\n]\n" : "[]\n"));
	else if (rows)
		sure(table_print(&t, out, form, heads));
	else if (form == TABLE_PEOPLE)
		sure(buf_puts(out, "nothing runs\n"));
	table_free(&t);
	store_names_free(locks, n);
	return rows;
}

/* No more lines than the terminal has, and one for the cursor. */
static void
cut_lines(struct buf *b)
{
	struct winsize w;
	size_t left;
	char *s = b->s;

	left = ioctl(STDOUT_FILENO, TIOCGWINSZ, &w) == 0 && w.ws_row > 1 ? w.ws_row - 1u : 23;
	while (left && (s = strchr(s, '\n'))) {
		s++;
		left--;
	}
	if (s && !left) {
		*s = '\0';
		b->len = (size_t)(s - b->s);
	}
}

int
verb_status(struct args *a)
{
	struct buf out = { 0 }, screen = { 0 };

	if (!a->follow) {
		status(a, &out);
		print(&out);
		return 0;
	}
	if (!isatty(STDOUT_FILENO) || a->json)
		die(EX_USAGE, "status: --follow shows it on a terminal; without it, it is printed once");
	for (;;) {
		out.len = screen.len = 0;
		status(a, &out);
		cut_lines(&out);
		sure(buf_puts(&screen, "\033[H\033[J"));
		sure(buf_puts(&screen, out.s));
		if (file_write(STDOUT_FILENO, screen.s, screen.len) < 0)
			die_sys(EX_IOERR, "standard output");
		poll(NULL, 0, EVERY_MS);
	}
}
