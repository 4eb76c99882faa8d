#include <errno.h>
#include <inttypes.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "err.h"
#include "human.h"
#include "job/args.h"
#include "table.h"

enum { THREADS = 4, BLOCK = 64 };

/* A job, or a group, that is listed. */
struct row {
	int there;
	struct job_state job;
	struct group_state group;
};

struct list {
	struct args *a;
	enum job_kind kind;
	char **ids;
	long n;
	struct row *rows;
	atomic_long next;	/* that no thread has taken yet */
};

static void
look_at(struct list *l, long i)
{
	struct row *r = &l->rows[i];
	const char *branch;

	if (l->kind == GROUP) {
		r->there = group_state(&l->a->store, l->ids[i], &r->group) == 0;
		branch = r->group.branch;
	} else {
		r->there = job_state(&l->a->store, l->ids[i], &r->job) == 0;
		branch = r->job.branch;
	}
	if (l->a->running && !r->there && errno != ENOTDIR)
		r->there = 1;	/* not planned yet, or not to be read: see keep_running */
	/* What runs may be of a branch that cannot be told. */
	if (r->there && l->a->branch && strcmp(branch, l->a->branch) &&
	    !(l->a->running && !*branch))
		r->there = 0;
}

/* A thread looks at some, until all have been looked at. */
static void *
look(void *arg)
{
	struct list *l = arg;
	long from, i;

	while ((from = atomic_fetch_add(&l->next, BLOCK)) < l->n)
		for (i = from; i < l->n && i < from + BLOCK; i++)
			look_at(l, i);
	return NULL;
}

static void
look_at_all(struct list *l)
{
	long cpus = sysconf(_SC_NPROCESSORS_ONLN), most = l->n / (4 * BLOCK), i, n = 0;
	pthread_t thread[THREADS];

	if (most > THREADS)
		most = THREADS;
	for (i = 1; i < cpus && i < most; i++)
		if (pthread_create(&thread[n], NULL, look, l) == 0)
			n++;
	look(l);
	while (n > 0)
		pthread_join(thread[--n], NULL);
}

/* With --running: whether it does.  All are asked, also those that have a result.  What
 * is removed is decided by this list, so it is complete, or there is none. */
static void
keep_running(struct list *l)
{
	int running;
	long i;

	for (i = 0; i < l->n; i++) {
		running = l->rows[i].there ?
		    job_running(&l->a->store, l->kind, l->ids[i]) : 0;
		if (running < 0)
			die_sys(err_code(errno), "%s %s: whether it runs cannot be told",
			    job_class(l->kind), l->ids[i]);
		l->rows[i].there = running;
	}
}

/* What the jobs take that did not say so when they ended. */
static void
measure(struct list *l)
{
	char path[JOB_PATH];
	struct job_state *s;
	long i;

	for (i = 0; i < l->n; i++) {
		s = &l->rows[i].job;
		if (!l->rows[i].there || s->size_kib >= 0 ||
		    (!s->kept && strcmp(s->verdict, "running")))
			continue;
		snprintf(path, sizeof(path), "jobs/%s", l->ids[i]);
		if (job_size(&l->a->store, path, &s->size_kib) < 0)
			s->size_kib = -1;
	}
}

static void
tell_damaged(struct list *l)
{
	const char *verdict;
	long i;

	for (i = 0; i < l->n; i++) {
		verdict = l->kind == GROUP ? l->rows[i].group.verdict : l->rows[i].job.verdict;
		if (l->rows[i].there && !strcmp(verdict, "damaged"))
			warn_msg("%s %s: %s is damaged; passed over", job_class(l->kind),
			    l->ids[i], l->kind == GROUP ? "group.json" : "result.json");
	}
}

/* How long ago that was; a time in the future is no age. */
static char *
age(char out[HUMAN_MAX], int64_t ended, int64_t began)
{
	int64_t then = ended >= 0 ? ended : began;

	return human_age(out, then < 0 ? -1 : time(NULL) - then);
}

static void
add_cells(struct table *t, const char *const *cells, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		sure(table_cell(t, cells[i]));
}

static void
job_row(struct table *t, const char *id, const struct job_state *s)
{
	char verdict[48], since[HUMAN_MAX], size[HUMAN_MAX] = "-";

	snprintf(verdict, sizeof(verdict), "%s%s", s->verdict, s->kept ? ",kept" : "");
	if (s->size_kib >= 0)
		human_size(size, (uint64_t)s->size_kib);
	add_cells(t, (const char *const[]){ id, s->branch, verdict,
	    age(since, s->ended, s->began), size }, 5);
}

static void
group_row(struct table *t, const char *id, const struct group_state *s)
{
	char since[HUMAN_MAX], built[32];

	snprintf(built, sizeof(built), "%u/%u", s->built, s->total);
	add_cells(t, (const char *const[]){ id, s->branch, s->verdict,
	    age(since, s->ended, s->began), built }, 5);
}

static void
print_table(struct list *l)
{
	static const char *const jobs[] = { "JOB", "BRANCH", "VERDICT", "AGE", "SIZE" };
	static const char *const groups[] = { "GROUP", "BRANCH", "VERDICT", "AGE", "BUILT" };
	struct buf out = { 0 };
	struct table t;
	long i;

	table_begin(&t, 5);
	for (i = 0; i < l->n; i++) {
		if (!l->rows[i].there)
			continue;
		if (l->kind == GROUP)
			group_row(&t, l->ids[i], &l->rows[i].group);
		else
			job_row(&t, l->ids[i], &l->rows[i].job);
	}
	sure(table_print(&t, &out, table_form(STDOUT_FILENO),
	    l->kind == GROUP ? groups : jobs));
	table_free(&t);
	print(&out);
}

static void
json_number(struct buf *out, const char *key, int64_t value)
{
	if (value >= 0)
		sure(buf_printf(out, ", \"%s\": %" PRId64, key, value));
	else
		sure(buf_printf(out, ", \"%s\": null", key));
}

static void
json_row(struct buf *out, const struct list *l, long i)
{
	const struct job_state *j = &l->rows[i].job;
	const struct group_state *g = &l->rows[i].group;

	sure(buf_puts(out, "{ \"id\": "));
	sure(buf_json(out, l->ids[i]));
	sure(buf_puts(out, ", \"branch\": "));
	sure(buf_json(out, l->kind == GROUP ? g->branch : j->branch));
	sure(buf_puts(out, ", \"verdict\": "));
	sure(buf_json(out, l->kind == GROUP ? g->verdict : j->verdict));
	json_number(out, "began", l->kind == GROUP ? g->began : j->began);
	json_number(out, "ended", l->kind == GROUP ? g->ended : j->ended);
	if (l->kind == GROUP) {
		json_number(out, "built", g->built);
		json_number(out, "total", g->total);
	} else {
		sure(buf_printf(out, ", \"kept\": %s", j->kept ? "true" : "false"));
		json_number(out, "size_kib", j->size_kib);
	}
	sure(buf_puts(out, " }"));
}

static void
print_json(struct list *l)
{
	struct buf out = { 0 };
	const char *before = "[\n  ";
	long i;

	for (i = 0; i < l->n; i++) {
		if (!l->rows[i].there)
			continue;
		sure(buf_puts(&out, before));
		json_row(&out, l, i);
		before = ",\n  ";
	}
	sure(buf_puts(&out, *before == '[' ? "[]\n" : "\n]\n"));
	print(&out);
}

int
verb_list(struct args *a)
{
	struct list l = { .a = a, .kind = JOB };
	const char *what = a->operands ? a->operand[0] : "jobs";

	if (!strcmp(what, "groups"))
		l.kind = GROUP;
	else if (strcmp(what, "jobs"))
		die(EX_USAGE, "%s: neither jobs nor groups", what);
	if (a->store.dir >= 0)
		l.n = store_names(&a->store, job_folder(l.kind), &l.ids);
	if (l.n < 0)
		die_sys(err_code(errno), "%s/%s", a->work_dir, job_folder(l.kind));
	l.rows = calloc((size_t)l.n + 1, sizeof(*l.rows));
	sure(l.rows ? 0 : -1);
	look_at_all(&l);
	if (a->running)
		keep_running(&l);
	if (l.kind == JOB)
		measure(&l);
	tell_damaged(&l);
	if (a->json)
		print_json(&l);
	else
		print_table(&l);
	free(l.rows);
	store_names_free(l.ids, l.n);
	return 0;
}
