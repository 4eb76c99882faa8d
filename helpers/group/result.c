#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "err.h"
#include "file.h"
#include "group/member.h"
#include "group/result.h"
#include "human.h"
#include "parse.h"
#include "table.h"

/* What became of a unit. */
struct fate {
	const char *verdict, *unit, *version;
	struct buf why;		/* empty: nothing to say */
	char *job;		/* NULL: it never had one */
	struct buf rusage;	/* the job's record */
	struct buf packages;	/* and its list, rows of DIGEST BYTES FILE */
	struct buf limit;	/* the record's own verdict */
};

/* Everything together, as it is written. */
struct result {
	const struct group *g;
	struct console *c;
	struct buf units;	/* JSON */
	struct table table;
	int waits, failed;	/* how many units */
};

static void
no_memory(void)
{
	die_sys(EX_OSERR, "result");
}

static void
fate_free(struct fate *f)
{
	free(f->job);
	buf_free(&f->why);
	buf_free(&f->rusage);
	buf_free(&f->packages);
	buf_free(&f->limit);
}

/* What a file of the job holds; nothing where there is none. */
static void
read_record(const struct result *r, const struct fate *f, const char *name, struct buf *b)
{
	char *path;

	if (asprintf(&path, "jobs/%s/%s", f->job, name) < 0)
		no_memory();
	if (file_get(r->g->store.dir, path, STORE_TEXT, b) < 0 && errno != ENOENT)
		console_say(r->c, "job %s: %s cannot be read: %s; passed over", f->job, name,
		    strerror(errno));
	free(path);
}

/* The verdict on a unit that was to be built. */
static void
judge(const struct result *r, struct fate *f, uint32_t u)
{
	const struct sched *s = &r->g->sched;
	uint32_t because = r->g->because[u];

	f->verdict = "waiting";
	buf_free(&f->why);
	if (s->state[u] == SKIPPED) {
		f->verdict = "skipped";
		if (buf_printf(&f->why, "%s was not built", group_unit(r->g, because)) < 0)
			no_memory();
	} else if (s->state[u] == DONE || s->state[u] == FAILED) {
		f->verdict = s->state[u] == DONE ? "ok" : "failed";
		f->job = member_job(r->g, f->unit);
	}
	if (!f->job)
		return;
	read_record(r, f, "rusage", &f->rusage);
	read_record(r, f, "packages", &f->packages);
	if (s->state[u] == FAILED &&
	    store_value(f->rusage.s, "verdict", &f->limit) == 0 && f->limit.len &&
	    strcmp(f->limit.s, "ok"))
		f->verdict = f->limit.s;
}

/* A number of the job's record.  Returns -1 when it is not there. */
static int
number(const struct fate *f, const char *key, uint64_t *n)
{
	struct buf b = { 0 };
	int r = store_value(f->rusage.s, key, &b);

	if (r == 0)
		r = parse_uint(b.s, 0, UINT64_MAX, n);
	buf_free(&b);
	return r;
}

/* The names of the packages, as members of a list. */
static int
put_packages(const struct result *r, struct buf *out, const struct fate *f)
{
	char *line = f->packages.s, *end, *file;
	int n = 0, bad = 0, whole;

	for (; line && *line; line = end) {
		end = strchrnul(line, '\n');
		whole = *end == '\n';
		if (whole)
			*end++ = '\0';
		file = whole ? strchr(line, '\t') : NULL;
		file = file ? strchr(file + 1, '\t') : NULL;
		if (!file) {
			console_say(r->c, "job %s: packages: a damaged line; passed over", f->job);
			continue;
		}
		bad |= buf_puts(out, n++ ? ", " : "") < 0;
		file++;
		file[strcspn(file, "\t")] = '\0';
		bad |= buf_json(out, file) < 0;
	}
	return bad ? -1 : 0;
}

/* ', "KEY": ' and a string, or null for none. */
static int
put_text(struct buf *out, const char *key, const char *text)
{
	if (buf_printf(out, ", \"%s\": ", key) < 0)
		return -1;
	return text ? buf_json(out, text) : buf_puts(out, "null");
}

static int
put_number(struct buf *out, const struct fate *f, const char *key)
{
	uint64_t n;

	if (number(f, key, &n) < 0)
		return buf_printf(out, ", \"%s\": null", key);
	return buf_printf(out, ", \"%s\": %" PRIu64, key, n);
}

static int
put_json(struct result *r, const struct fate *f)
{
	struct buf *out = &r->units;

	if (buf_puts(out, out->len ? ",\n    { \"unit\": " : "\n    { \"unit\": ") < 0 ||
	    buf_json(out, f->unit) < 0 ||
	    put_text(out, "verdict", f->verdict) < 0 ||
	    put_text(out, "why", f->why.len ? f->why.s : NULL) < 0 ||
	    put_text(out, "job", f->job) < 0 ||
	    put_text(out, "version", f->version) < 0 ||
	    put_number(out, f, "wall_us") < 0 ||
	    put_number(out, f, "cpu_us") < 0 ||
	    put_number(out, f, "peak_kib") < 0 ||
	    buf_puts(out, ", \"packages\": [") < 0 ||
	    put_packages(r, out, f) < 0)
		return -1;
	return buf_puts(out, "] }");
}

static int
put_row(struct result *r, const struct fate *f)
{
	char wall[HUMAN_MAX] = "", cpu[HUMAN_MAX] = "", peak[HUMAN_MAX] = "";
	struct table *t = &r->table;
	uint64_t n;

	if (number(f, "wall_us", &n) == 0)
		human_span(wall, n);
	if (number(f, "cpu_us", &n) == 0)
		human_span(cpu, n);
	if (number(f, "peak_kib", &n) == 0)
		human_size(peak, n);
	return table_cell(t, f->unit) < 0 || table_cell(t, f->verdict) < 0 ||
	    table_cell(t, wall) < 0 || table_cell(t, peak) < 0 || table_cell(t, cpu) < 0 ||
	    table_cell(t, f->version) < 0 ||
	    table_cell(t, f->why.s) < 0 ? -1 : 0;
}

static void
add_unit(struct result *r, const struct row *row)
{
	const char *state = row->field[ROW_STATE], *why = row->field[ROW_WHY];
	const char *version = row->field[ROW_VERSION];
	struct fate f = { .unit = row->field[ROW_UNIT], .verdict = state };

	if (strcmp(version, "-"))
		f.version = version;
	if (strcmp(why, "-") && buf_puts(&f.why, why) < 0)
		no_memory();
	if (!strcmp(state, "build"))
		judge(r, &f, row->unit);
	r->waits += !strcmp(f.verdict, "waiting");
	r->failed += strcmp(f.verdict, "ok") && strcmp(f.verdict, "built") &&
	    strcmp(f.verdict, "unfit");
	if (put_json(r, &f) < 0 || put_row(r, &f) < 0)
		no_memory();
	fate_free(&f);
}

static int
put_targets(struct buf *out, const struct group *g)
{
	const char *s = g->targets.s;
	char *line;
	int n = 0, bad = 0;

	for (; *s && !bad; s += *s == '\n') {
		line = strndup(s, strcspn(s, "\n"));
		if (!line)
			return -1;
		if (*line)
			bad = buf_puts(out, n++ ? ", " : "") < 0 || buf_json(out, line) < 0;
		s += strlen(line);
		free(line);
	}
	return bad ? -1 : 0;
}

static int
put_broken(struct buf *out, const struct group *g)
{
	const struct graph *graph = &g->graph;
	uint32_t e;
	int n = 0;

	for (e = 0; e < graph->edges; e++) {
		if (!(graph->kind[e] & EDGE_GONE))
			continue;
		if (buf_puts(out, n++ ? ",\n    { \"unit\": " : "\n    { \"unit\": ") < 0 ||
		    buf_json(out, group_unit(g, graph->from[e])) < 0 ||
		    put_text(out, "needs", group_unit(g, graph->need[e])) < 0 ||
		    put_text(out, "kind", graph->kind[e] & EDGE_BUILD ? "build" : "run") < 0 ||
		    buf_puts(out, " }") < 0)
			return -1;
	}
	return 0;
}

static int
put_group(struct buf *out, const struct result *r, const char *verdict)
{
	const struct group *g = r->g;

	return buf_puts(out, "{ \"id\": ") < 0 || buf_json(out, g->id) < 0 ||
	    put_text(out, "branch", g->branch.s) < 0 ||
	    buf_puts(out, ",\n  \"targets\": [") < 0 || put_targets(out, g) < 0 ||
	    buf_puts(out, "],\n  \"verdict\": ") < 0 || buf_json(out, verdict) < 0 ||
	    buf_printf(out, ", \"began\": %" PRId64 ", \"ended\": %" PRId64
	        ",\n  \"broken\": [", g->began, (int64_t)time(NULL)) < 0 ||
	    put_broken(out, g) < 0 ||
	    buf_puts(out, "],\n  \"units\": [") < 0 ||
	    buf_put(out, r->units.s ? r->units.s : "", r->units.len) < 0 ||
	    buf_puts(out, "] }\n") < 0 ? -1 : 0;
}

int
result_write(const struct group *g, int stopped, struct console *c, struct buf *table)
{
	static const char *const heads[] =
	    { "PACKAGE", "VERDICT", "TIME", "MEMORY", "CPU", "VERSION", "WHY" };
	struct result r = { .g = g, .c = c };
	struct buf out = { 0 };
	size_t i;
	int got, err;

	table_begin(&r.table, sizeof(heads) / sizeof(*heads));
	for (i = 0; i < g->rows; i++)
		add_unit(&r, &g->row[i]);
	if (put_group(&out, &r, r.waits ? stopped ? "stopped" : "unfinished" :
	        r.failed ? "failed" : "ok") < 0 ||
	    table_print(&r.table, table, TABLE_PEOPLE, heads) < 0)
		no_memory();
	got = file_put(g->dir, "group.json", out.s, out.len);
	err = errno;
	buf_free(&out);
	buf_free(&r.units);
	table_free(&r.table);
	errno = err;
	return got;
}
