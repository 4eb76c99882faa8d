#include <errno.h>
#include <inttypes.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "err.h"
#include "human.h"
#include "job/find.h"
#include "job/record.h"
#include "json.h"
#include "parse.h"
#include "table.h"

static void
cell(struct table *t, const char *key, const char *value)
{
	if (!value || !*value)
		return;
	sure(table_cell(t, key));
	sure(table_cell(t, value));
}

/* The members of the record of a job, or a group, that are no arrays or objects. */
static void
cells_of(struct table *t, const struct buf *json, const char *const *keys)
{
	struct buf value = { 0 };

	for (; *keys; keys++) {
		value.len = 0;
		if (json_get(json->s, json->len, *keys, &value) == 0 &&
		    value.s && strcmp(value.s, "null"))
			cell(t, *keys, value.s);
	}
	buf_free(&value);
}

static void
print_cells(struct args *a, struct table *t, const char *path)
{
	struct buf out = { 0 }, at = { 0 };

	sure(buf_printf(&at, "%s/%s", a->work_dir, path));
	cell(t, "path", at.s);
	sure(table_print(t, &out, table_form(STDOUT_FILENO), NULL));
	table_free(t);
	buf_free(&at);
	print(&out);
}

/* Whether json is an object to its end. */
static int
is_whole(const struct buf *json)
{
	struct buf value = { 0 };
	int r = json_get(json->s, json->len, "", &value);

	buf_free(&value);
	return r == 0 || errno == ENOENT;
}

/* What a job says by a record that is not there yet, or is damaged. */
static void
make_record(struct args *a, const char *path, const char *verdict, struct buf *json)
{
	struct outcome o = { .verdict = verdict, .code = -1, .ended = -1 };

	json->len = 0;
	record_make(a, path, &o, json);
}

/* Lines of the job's file name, each as a row of key. */
static void
lines_of(struct args *a, struct table *t, const char *path, const char *name,
    const char *key)
{
	struct buf text = { 0 };
	char *line, *end;

	record_text(a, path, name, &text);
	for (line = text.s; *line; line = end) {
		end = line + strcspn(line, "\n");
		end += *end == '\n' ? (*end = '\0', 1) : 0;
		if (!strcmp(name, "env") && strncmp(line, "ABMODIFIERS=", 12) &&
		    strncmp(line, "SOURCE_DATE_EPOCH=", 18))
			continue;
		cell(t, key, line);
	}
	buf_free(&text);
}

static void
packages_of(struct args *a, struct table *t, const char *path)
{
	struct buf text = { 0 };
	struct job_package p;
	char *at;

	record_text(a, path, "packages", &text);
	for (at = text.s; job_package_next(&at, &p) > 0; )
		cell(t, "package", p.file);
	buf_free(&text);
}

static int
show_job(struct args *a, const char *path)
{
	static const char *const keys[] = { "id", "kind", "verdict", "code", "unit",
	    "bundle", "branch", "arch", "version", "began", "ended", "size_kib", NULL };
	struct buf json = { 0 }, step = { 0 }, stack = { 0 };
	struct job_state state;
	struct table t;

	if (job_state(&a->store, id_of(path), &state) < 0)
		die_sys(err_code(errno), "job %s", id_of(path));
	if (job_text(&a->store, path, "result.json", &json) == 0 && !is_whole(&json))
		strcpy(state.verdict, "damaged");
	if (!strcmp(state.verdict, "damaged"))
		record_damaged(path, "result.json");
	if (!json.len || !strcmp(state.verdict, "running") ||
	    !strcmp(state.verdict, "damaged"))
		make_record(a, path, state.verdict, &json);
	if (a->json) {
		print(&json);
		return 0;
	}
	table_begin(&t, 2);
	cells_of(&t, &json, keys);
	record_line(a, path, "step", &step);
	cell(&t, "step", step.s);
	cell(&t, "workspace", state.kept ? "kept" : NULL);
	lines_of(a, &t, path, "env", "env");
	if (job_stack(&a->store, id_of(path), &stack) == 0)
		cell(&t, "layers", stack.s);
	packages_of(a, &t, path);
	print_cells(a, &t, path);
	buf_free(&json);
	buf_free(&step);
	buf_free(&stack);
	return 0;
}

static void
put_targets(struct args *a, const char *path, struct buf *out)
{
	struct buf text = { 0 };
	char *line, *save = NULL;
	const char *comma = "";

	record_text(a, path, "targets", &text);
	sure(buf_puts(out, "  \"targets\": ["));
	for (line = strtok_r(text.s, "\n", &save); line; line = strtok_r(NULL, "\n", &save)) {
		sure(buf_puts(out, comma));
		sure(buf_json(out, line));
		comma = ", ";
	}
	sure(buf_puts(out, "],\n"));
	buf_free(&text);
}

/* Of a group that runs, or was killed. */
static void
make_group(struct args *a, const char *path, const struct group_state *s,
    struct buf *out)
{
	out->len = 0;
	sure(buf_printf(out, "{\n  \"id\": \"%s\",\n  \"branch\": ", id_of(path)));
	sure(buf_json(out, s->branch));
	sure(buf_puts(out, ",\n"));
	put_targets(a, path, out);
	sure(buf_puts(out, "  \"verdict\": "));
	sure(buf_json(out, s->verdict));
	sure(buf_printf(out, ",\n  \"began\": %" PRId64 ",\n  \"ended\": null\n}\n",
	    s->began < 0 ? 0 : s->began));
}

/* A number of a unit as people read it: "" when there is none. */
static const char *
unit_amount(const char *text, size_t len, const char *key, char out[HUMAN_MAX])
{
	struct buf value = { 0 };
	uint64_t n;

	*out = '\0';
	if (json_get(text, len, key, &value) == 0 && parse_uint(value.s, 0, INT64_MAX, &n) == 0) {
		if (strcmp(key, "peak_kib"))
			human_span(out, n);
		else
			human_size(out, n);
	}
	buf_free(&value);
	return out;
}

static void
unit_text(struct table *t, const char *text, size_t len, const char *key)
{
	struct buf value = { 0 };

	if (json_get(text, len, key, &value) < 0 || (value.s && !strcmp(value.s, "null")))
		value.len = 0;
	sure(table_cell(t, value.len ? value.s : NULL));
	buf_free(&value);
}

/* The table that the group ended with. */
static void
print_units(const struct buf *json)
{
	static const char *const heads[] =
	    { "PACKAGE", "VERDICT", "TIME", "MEMORY", "CPU", "VERSION", "WHY" };
	struct buf units = { 0 }, out = { 0 };
	char amount[HUMAN_MAX];
	const char *at, *one;
	struct table t;
	size_t len;

	if (json_get(json->s, json->len, "units", &units) < 0 || !units.len)
		return;
	table_begin(&t, sizeof(heads) / sizeof(*heads));
	at = units.s;
	while (json_next(&at, units.s + units.len, &one, &len) > 0) {
		unit_text(&t, one, len, "unit");
		unit_text(&t, one, len, "verdict");
		sure(table_cell(&t, unit_amount(one, len, "wall_us", amount)));
		sure(table_cell(&t, unit_amount(one, len, "peak_kib", amount)));
		sure(table_cell(&t, unit_amount(one, len, "cpu_us", amount)));
		unit_text(&t, one, len, "version");
		unit_text(&t, one, len, "why");
	}
	sure(buf_puts(&out, "\n"));
	sure(table_print(&t, &out, TABLE_PEOPLE, heads));
	table_free(&t);
	buf_free(&units);
	print(&out);
}

static int
show_group(struct args *a, const char *path)
{
	static const char *const keys[] = { "id", "verdict", "branch", "began", "ended",
	    NULL };
	struct buf json = { 0 }, built = { 0 };
	struct group_state state;
	struct table t;

	if (group_state(&a->store, id_of(path), &state) < 0) {
		if (errno != ENOENT)
			die_sys(err_code(errno), "group %s", id_of(path));
		strcpy(state.verdict, job_running(&a->store, GROUP, id_of(path)) > 0 ?
		    "running" : "killed");
	}
	if (job_text(&a->store, path, "group.json", &json) == 0 && !is_whole(&json) &&
	    strcmp(state.verdict, "running"))
		strcpy(state.verdict, "damaged");
	if (!strcmp(state.verdict, "damaged"))
		warn_msg("group %s: group.json is damaged; passed over", id_of(path));
	if (!json.len || !strcmp(state.verdict, "running") ||
	    !strcmp(state.verdict, "damaged"))
		make_group(a, path, &state, &json);
	if (a->json) {
		print(&json);
		return 0;
	}
	table_begin(&t, 2);
	cells_of(&t, &json, keys);
	lines_of(a, &t, path, "targets", "target");
	sure(buf_printf(&built, "%u/%u", state.built, state.total));
	cell(&t, "built", built.s);
	print_cells(a, &t, path);
	if (table_form(STDOUT_FILENO) == TABLE_PEOPLE)
		print_units(&json);
	buf_free(&json);
	buf_free(&built);
	return 0;
}

int
verb_show(struct args *a)
{
	char path[JOB_PATH];

	find(a, a->operand[0], path);
	return strcmp(kind_word(path), "job") ? show_group(a, path) : show_job(a, path);
}
