#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "err.h"
#include "human.h"
#include "job/args.h"
#include "store/history.h"
#include "table.h"
#include "vec.h"

/* What is asked for: rows of any of these packages, or of all when there are none. */
struct wish {
	VEC(char *) names;
	const char *branch;	/* or NULL */
};

/* A PACKAGE is a name; or the path of a bundle, which history has by the name of its
 * unit. */
static char *
name_of(struct args *a, const char *package)
{
	struct buf spec = { 0 }, unit = { 0 }, name = { 0 };
	char *tree = a->tree ? realpath(a->tree, NULL) : NULL, *real = NULL;

	sure(buf_printf(&spec, "%s/spec", package));
	if (access(spec.s, F_OK) == 0)
		real = realpath(package, NULL);
	if (real) {
		sure(unit_of_path(&unit, real, tree));
		sure(unit_history_name(&name, unit.s));
	} else {
		sure(buf_puts(&name, package));
	}
	free(tree);
	free(real);
	buf_free(&spec);
	buf_free(&unit);
	return name.s;
}

/* A name in a tree means what was built by its path, too, where no tree was known. */
static int
is_named(const char *wanted, const char *name)
{
	const char *in_tree = strrchr(wanted, '/'), *base = strrchr(name, '/');

	return !strcmp(wanted, name) || (base && !strcmp(wanted, base + 1)) ||
	    (in_tree && !base && !strcmp(in_tree + 1, name));
}

static int
is_wanted(const struct wish *w, const char *const *row)
{
	size_t i;

	if (w->branch && strcmp(w->branch, row[HISTORY_BRANCH]))
		return 0;
	for (i = 0; i < w->names.len; i++)
		if (is_named(w->names.at[i], row[HISTORY_NAME]))
			return 1;
	return !w->names.len;
}

static void
put_tsv(struct buf *out, const char *const *row)
{
	int i;

	for (i = 0; i < HISTORY_COLUMNS; i++) {
		sure(buf_puts(out, row[i]));
		sure(buf_putc(out, i + 1 < HISTORY_COLUMNS ? '\t' : '\n'));
	}
}

static void
put_json(struct buf *out, const char *const *row)
{
	const char *s;
	int i;

	sure(buf_puts(out, out->len ? ",\n  { " : "[\n  { "));
	for (i = 0; i < HISTORY_COLUMNS; i++) {
		sure(buf_printf(out, "%s\"%s\": ", i ? ", " : "", history_keys[i]));
		for (s = row[i]; *s == '0' && s[1]; s++)
			;	/* which JSON forbids */
		if (history_is_number(i))
			sure(buf_puts(out, s));
		else
			sure(buf_json(out, row[i]));
	}
	sure(buf_puts(out, " }"));
}

static void
put_cells(struct table *t, const char *const *row)
{
	char ended[32], wall[HUMAN_MAX], cpu[HUMAN_MAX], memory[HUMAN_MAX];
	time_t when = strtoll(row[HISTORY_ENDED], NULL, 10);
	const char *cells[9];
	struct tm tm;
	size_t i;

	if (!localtime_r(&when, &tm) || !strftime(ended, sizeof(ended), "%Y-%m-%d %H:%M", &tm))
		strcpy(ended, "-");
	cells[0] = row[HISTORY_JOB];
	cells[1] = row[HISTORY_NAME];
	cells[2] = row[HISTORY_BRANCH];
	cells[3] = row[HISTORY_VERSION];
	cells[4] = row[HISTORY_VERDICT];
	cells[5] = human_span(wall, strtoull(row[HISTORY_WALL_US], NULL, 10));
	cells[6] = human_span(cpu, strtoull(row[HISTORY_CPU_US], NULL, 10));
	cells[7] = human_size(memory, strtoull(row[HISTORY_PEAK_KIB], NULL, 10));
	cells[8] = ended;
	for (i = 0; i < 9; i++)
		sure(table_cell(t, cells[i]));
}

static void
tell_damaged(const struct args *a, const struct history *h)
{
	if (h->damaged == 1)
		warn_msg("%s/history: line %zu is damaged; passed over", a->work_dir, h->first);
	else if (h->damaged)
		warn_msg("%s/history: %zu lines are damaged, the first is %zu; passed over",
		    a->work_dir, h->damaged, h->first);
}

static void
none(struct args *a)
{
	struct buf words = { 0 };
	int i;

	for (i = 0; i < a->operands; i++)
		sure(buf_printf(&words, " %s", a->operand[i]));
	die(EX_NO, "no build%s%s yet", words.len ? " of" : "", words.len ? words.s : "");
}

static void
open_history(struct args *a, struct history *h)
{
	if (a->store.dir >= 0 && history_open(&a->store, h) == 0)
		return;
	if (a->store.dir < 0 || errno == ENOENT)
		die(EX_NO, "nothing was built yet");
	die_sys(err_code(errno), "%s/history", a->work_dir);
}

int
verb_history(struct args *a)
{
	static const char *const heads[] = { "JOB", "PACKAGE", "BRANCH", "VERSION",
	    "VERDICT", "TIME", "CPU", "MEMORY", "ENDED" };
	int people = !a->json && table_form(STDOUT_FILENO) == TABLE_PEOPLE, i;
	const char *row[HISTORY_COLUMNS];
	struct wish w = { .branch = a->branch };
	struct buf out = { 0 };
	struct history h;
	struct table t;

	open_history(a, &h);
	for (i = 0; i < a->operands; i++)
		sure(vec_push(&w.names, name_of(a, a->operand[i])));
	table_begin(&t, 9);
	while (history_next(&h, row)) {
		if (!is_wanted(&w, row))
			continue;
		if (people)
			put_cells(&t, row);
		else if (a->json)
			put_json(&out, row);
		else
			put_tsv(&out, row);
	}
	tell_damaged(a, &h);
	if (!t.cells && !out.len)
		none(a);
	if (people)
		sure(table_print(&t, &out, TABLE_PEOPLE, heads));
	if (a->json)
		sure(buf_puts(&out, "\n]\n"));
	print(&out);
	table_free(&t);
	while (w.names.len)
		free(w.names.at[--w.names.len]);
	vec_free(&w.names);
	history_close(&h);
	return 0;
}
