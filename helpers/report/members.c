#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "err.h"
#include "file.h"
#include "order/unit.h"
#include "report/folder.h"
#include "report/members.h"
#include "report/page.h"

enum { FIELDS = 7, ROWS = 64 << 20, MINUTE = 60 };

static void
sure(const void *p)
{
	if (!p)
		die_sys(EX_OSERR, "report");
}

/* A file of the group, whole; "" when there is none. */
static int
read_file(struct members *m, const char *name, size_t most, struct buf *b)
{
	char path[JOB_PATH + STORE_NAME + 16];

	snprintf(path, sizeof(path), "%s/%s", m->path, name);
	if (file_get(m->store->dir, path, most, b) < 0)
		return -1;
	put(b, "%s", "");
	return 0;
}

/* The job that it was built in last, or NULL. */
static char *
job_of(struct members *m, const char *unit)
{
	struct buf name = { 0 }, line = { 0 };
	char *job = NULL;

	put(&name, "run/");
	if (unit_key(&name, unit) < 0)
		die_sys(EX_OSERR, "report");
	put(&name, "/job");
	if (name.len < STORE_NAME && read_file(m, name.s, STORE_TEXT, &line) == 0) {
		line.s[strcspn(line.s, "\n")] = '\0';
		if (store_name_ok(line.s))
			sure(job = strdup(line.s));
	}
	buf_free(&name);
	buf_free(&line);
	return job;
}

/* The first line that says why it failed. */
static void
take_why(struct member *u, const struct folder *f)
{
	struct why w;

	folder_why(f, &w);
	if (w.n) {
		free(u->why);
		sure(u->why = strdup(w.at[0].text));
	}
}

static void
take_job(struct members *m, struct member *u)
{
	char path[JOB_PATH];
	struct folder f;
	int64_t began, ended;

	if (snprintf(path, sizeof(path), "jobs/%s", u->job) >= (int)sizeof(path) ||
	    folder_open_at(&f, m->store, path) < 0) {
		strcpy(u->verdict, "removed");
		return;
	}
	snprintf(u->verdict, sizeof(u->verdict), "%s", f.verdict);
	began = folder_number(&f, "began");
	ended = folder_number(&f, "ended");
	u->wall_us = folder_number(&f, "wall_us");
	u->cpu_us = folder_number(&f, "cpu_us");
	u->peak_kib = folder_number(&f, "peak_kib");
	u->began_us = began < 0 || began > INT64_MAX / 2000000 ? -1 : began * 1000000;
	u->ended_us = ended < began || ended > INT64_MAX / 2000000 ? -1 : ended * 1000000;
	if (u->began_us >= 0 && u->ended_us < 0 && !strcmp(u->verdict, "running"))
		u->ended_us = (int64_t)time(NULL) * 1000000;
	/* Records are of whole seconds: what ended in the one it began in took a part of it. */
	if (u->ended_us >= 0 && u->ended_us - u->began_us < 500000)
		u->ended_us = u->began_us + 500000;
	take_why(u, &f);
	folder_close(&f);
}

/* unit folder names version modifiers state why, with tabs. */
static int
read_unit(struct members *m, char *line)
{
	struct member *u = &m->at[m->n];
	char *field[FIELDS];
	int i;

	for (i = 0; i < FIELDS && (field[i] = strsep(&line, "\t")); i++)
		;
	if (i < FIELDS || line) {
		errno = EBADMSG;
		return -1;
	}
	*u = (struct member){ .unit = field[0], .version = field[3], .began_us = -1, .ended_us = -1,
	    .wall_us = -1, .cpu_us = -1, .peak_kib = -1 };
	sure(u->why = strdup(strcmp(field[6], "-") ? field[6] : ""));
	snprintf(u->verdict, sizeof(u->verdict), "%s", strcmp(field[5], "build") ? field[5] : "waiting");
	if (!strcmp(field[5], "build") && (u->job = job_of(m, u->unit)))
		take_job(m, u);
	m->n++;
	return 0;
}

static int
by_name(const void *a, const void *b)
{
	return strcmp((*(struct member *const *)a)->unit, (*(struct member *const *)b)->unit);
}

/* The members sorted by their names, to be freed. */
static struct member **
sorted(const struct members *m)
{
	struct member **s = calloc(m->n + 1, sizeof(*s));
	size_t i;

	sure(s);
	for (i = 0; i < m->n; i++)
		s[i] = &m->at[i];
	qsort(s, m->n, sizeof(*s), by_name);
	return s;
}

static struct member *
named(struct member **s, size_t n, const char *unit)
{
	struct member key = { .unit = unit }, *k = &key, **found;

	found = bsearch(&k, s, n, sizeof(*s), by_name);
	return found ? *found : NULL;
}

/* "UNIT BECAUSE", with a tab, of each that was skipped. */
static void
read_skipped(struct members *m, struct member **s)
{
	struct buf text = { 0 };
	char *at, *line, *unit;
	struct member *u;

	if (read_file(m, "skipped", ROWS, &text) == 0)
		for (at = text.s; at && *at; ) {
			line = strsep(&at, "\n");
			unit = strsep(&line, "\t");
			u = line ? named(s, m->n, unit) : NULL;
			if (!u || strcmp(u->verdict, "waiting"))
				continue;
			strcpy(u->verdict, "skipped");
			free(u->why);
			if (asprintf(&u->why, "%s was not built", line) < 0)
				die_sys(EX_OSERR, "report");
		}
	buf_free(&text);
}

static int
by_beginning(const void *a, const void *b)
{
	const struct member *x = *(struct member *const *)a, *y = *(struct member *const *)b;

	return x->began_us < y->began_us ? -1 : x->began_us > y->began_us ? 1 : strcmp(x->unit, y->unit);
}

/* Each gets the first lane that is free when it begins. */
static void
take_lanes(struct members *m, struct member **s)
{
	int64_t *free_at = calloc(m->n + 1, sizeof(*free_at));
	uint32_t lane;
	size_t i;

	sure(free_at);
	qsort(s, m->n, sizeof(*s), by_beginning);
	for (i = 0; i < m->n; i++) {
		if (s[i]->ended_us < 0)
			continue;
		for (lane = 0; lane < m->lanes && free_at[lane] > s[i]->began_us; lane++)
			;
		m->lanes += lane == m->lanes;
		free_at[lane] = s[i]->ended_us;
		s[i]->lane = lane;
		if (m->began_us < 0 || s[i]->began_us < m->began_us)
			m->began_us = s[i]->began_us;
		if (s[i]->ended_us > m->ended_us)
			m->ended_us = s[i]->ended_us;
	}
	free(free_at);
}

/* From the one that ended last back: of what each needed, the one that it waited for
 * longest. */
static void
find_critical(struct members *m, struct member **s, const struct graph *g)
{
	struct member *u = NULL, *next, *before;
	uint32_t n, e;
	size_t i;

	for (i = 0; i < m->n; i++)
		if (m->at[i].ended_us >= 0 && (!u || m->at[i].ended_us > u->ended_us))
			u = &m->at[i];
	for (; u && !u->key; u = next) {
		u->key = 1;
		next = NULL;
		n = units_find(&(struct units){ .v = (struct unit *)g->unit, .n = g->n }, u->unit);
		for (e = n < g->n ? g->need_at[n] : 0; n < g->n && e < g->need_at[n + 1]; e++) {
			before = named(s, m->n, g->unit[g->need[e]].name);
			if (before && before->ended_us >= 0 && before->began_us < u->began_us &&
			    (!next || before->ended_us > next->ended_us))
				next = before;
		}
	}
}

static void
read_graph(struct members *m, struct member **s)
{
	struct units units = { 0 };
	struct graph g = { 0 };
	struct fault fault;

	if (read_file(m, "graph", UNITS_TEXT, &m->graph) < 0)
		return;
	if (units_read(&units, m->graph.s, m->graph.len, &fault) == 0) {
		if (graph_make(&g, &units) < 0)
			die_sys(EX_OSERR, "report");
		find_critical(m, s, &g);
		graph_free(&g);
	} else {
		warn_msg("group %s: graph:%u: %s; passed over", m->id, fault.line, fault.why);
	}
	units_free(&units);
}

/* What all of them used at a time. */
static void
add_samples(struct members *m)
{
	struct samples s = { 0 };
	char path[JOB_PATH + 16];
	uint64_t used;
	size_t i;

	m->series.span_us = m->ended_us - m->began_us;
	for (i = 0; i < m->n; i++) {
		if (m->at[i].ended_us < 0 || snprintf(path, sizeof(path), "jobs/%s/samples.csv",
		    m->at[i].job) >= (int)sizeof(path))
			continue;
		s.len = 0;
		if (samples_read(m->store->dir, path, &s) < 0 || !s.len)
			continue;
		/* The container is what a job does last. */
		used = s.at[s.len - 1].v[S_ELAPSED];
		series_add(&m->series, &s, m->at[i].ended_us - (int64_t)used > m->at[i].began_us ?
		    m->at[i].ended_us - (int64_t)used - m->began_us : m->at[i].began_us - m->began_us);
	}
	m->series.known[C_DISK] = 0;	/* that each sees of all */
	vec_free(&s);
}

int
members_read(struct members *m, const struct store *store, const char *path)
{
	struct member **s;
	char *at, *line;
	size_t lines = 1;

	*m = (struct members){ .store = store, .began_us = -1, .ended_us = -1 };
	strcpy(m->path, path);
	m->id = strchr(m->path, '/') + 1;
	if (group_state(store, m->id, &m->state) < 0 || read_file(m, "units", ROWS, &m->units) < 0)
		return -1;
	for (at = m->units.s; (at = strchr(at, '\n')); at++)
		lines++;
	sure(m->at = calloc(lines, sizeof(*m->at)));
	for (at = m->units.s; at && *at; ) {
		line = strsep(&at, "\n");
		if (read_unit(m, line) < 0)
			return -1;
	}
	s = sorted(m);
	read_skipped(m, s);
	read_graph(m, s);
	take_lanes(m, s);
	add_samples(m);
	free(s);
	return 0;
}

void
members_free(struct members *m)
{
	size_t i;

	for (i = 0; m->at && i < m->n; i++) {
		free(m->at[i].why);
		free(m->at[i].job);
	}
	free(m->at);
	buf_free(&m->units);
	buf_free(&m->graph);
}
