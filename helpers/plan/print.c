#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "human.h"
#include "plain.h"
#include "plan/print.h"
#include "table.h"

const char *
print_state(const struct planned *u)
{
	static const char *const names[] = {
		[STATE_BUILD] = "build", [STATE_BUILT] = "built",
		[STATE_UNFIT] = "unfit", [STATE_UNMET] = "unmet",
		[STATE_SKIPPED] = "skipped",
	};

	return names[u->state];
}

int
print_is_shown(const struct planned *u)
{
	return u->state != STATE_BUILT || !u->joined;
}

void
print_names(struct plan *p, const struct planned *u, struct buf *out)
{
	const struct folder *f = &p->folders.at[u->folder];
	const struct symbol *y;
	uint32_t i;

	for (i = 0; i < f->names; i++) {
		y = &p->names.v[p->gives.at[f->give + i].name];
		if (i)
			plan_must(buf_putc(out, ' '));
		plan_must(buf_put(out, y->s, y->len));
	}
}

static const char *
version(const struct plan *p, const struct planned *u)
{
	const char *s = p->folders.at[u->folder].version;

	return s ? s : "-";
}

static const char *
why(const struct planned *u)
{
	return u->why.len ? u->why.s : "-";
}

static const char *
unit_name(const struct plan *p, const struct planned *u)
{
	return p->folders.at[u->folder].unit;
}

void
print_units(struct plan *p, struct buf *out)
{
	const struct planned *u;

	for (u = p->units.at; u < p->units.at + p->units.len; u++) {
		if (!print_is_shown(u))
			continue;
		plan_must(buf_printf(out, "%s\t%s\t", unit_name(p, u),
		    plan_path(p, &p->folders.at[u->folder])));
		print_names(p, u, out);
		plan_must(buf_printf(out, "\t%s\t%s\t%s\t%s\n", version(p, u),
		    u->modifiers, print_state(u), why(u)));
	}
}

void
print_records(struct plan *p, struct buf *out)
{
	const struct planned *u;
	const struct broken *b;
	size_t i;

	for (i = 0; i < p->built_in.len; i++) {
		u = &p->units.at[p->built_in.at[i]];
		plan_must(buf_printf(out, "build\t%s\t%s\t%s\t%s\t%s\t%" PRIu64 "\t%s\n",
		    u->position, unit_name(p, u), version(p, u), u->level, u->seconds,
		    u->kib, u->waits));
	}
	for (u = p->units.at; u < p->units.at + p->units.len; u++)
		if (u->state != STATE_BUILD && print_is_shown(u))
			plan_must(buf_printf(out, "%s\t%s\t%s\t%s\n", print_state(u),
			    unit_name(p, u), version(p, u), why(u)));
	for (b = p->broken.at; b < p->broken.at + p->broken.len; b++)
		plan_must(buf_printf(out, "broken\t%s\t%s\t%s\t%s\n", b->unit, b->needs,
		    b->kind, b->size));
	plan_must(buf_printf(out, "estimate\t%s\t%" PRIu32 "\n", p->seconds, p->slots));
}

/* ---- for people ---- */

/* The first three words of a list, and how many more there are. */
static void
some(const char *list, struct buf *out)
{
	const char *word;
	size_t len, n;

	for (n = 0; word = plan_word(&list, &len), len; n++)
		if (n < 3)
			plan_must(buf_printf(out, "%s%.*s", n ? " " : "", (int)len, word));
	if (n > 3)
		plan_must(buf_printf(out, " +%zu", n - 3));
}

static void
row(struct plan *p, const struct planned *u, struct table *t)
{
	char time[HUMAN_MAX], size[HUMAN_MAX];
	struct buf waits = { 0 };
	const char *cell[7] = { u->position, unit_name(p, u), version(p, u), u->level,
	    human_age(time, (int64_t)(strtod(u->seconds, NULL) + 0.5)),
	    u->kib ? human_size(size, u->kib) : "-" };
	size_t i;

	some(u->waits, &waits);
	cell[6] = waits.s;
	for (i = 0; i < 7; i++)
		plan_must(table_cell(t, cell[i]));
	buf_free(&waits);
}

/* How many there are, how long it takes, and when it would end, if it began now. */
static void
put_end(struct plan *p, struct buf *out)
{
	double seconds = strtod(p->seconds, NULL) + 0.5;
	time_t end = time(NULL) + (time_t)seconds;
	char span[HUMAN_MAX], when[64] = "?";
	struct tm tm;

	if (localtime_r(&end, &tm))
		strftime(when, sizeof(when), "%F %H:%M", &tm);
	plan_must(buf_printf(out, "%zu package%s, about %s with %" PRIu32
	    " slot%s: until %s\n", p->built_in.len, p->built_in.len == 1 ? "" : "s",
	    human_age(span, (int64_t)seconds), p->slots, p->slots == 1 ? "" : "s", when));
}

void
print_tables(struct plan *p, struct buf *out)
{
	static const char *const heads[] = { "POS", "PACKAGE", "VERSION", "LEVEL",
	    "TIME", "MEMORY", "WAITS FOR" };
	const struct planned *u;
	const struct broken *b;
	size_t i, from;
	struct table t;

	table_begin(&t, 7);
	for (i = 0; i < p->built_in.len; i++)
		row(p, &p->units.at[p->built_in.at[i]], &t);
	if (p->built_in.len)
		plan_must(table_print(&t, out, TABLE_PEOPLE, heads));
	table_free(&t);
	from = out->len;
	for (u = p->units.at; u < p->units.at + p->units.len; u++)
		if (u->state != STATE_BUILD && print_is_shown(u))
			plan_must(buf_printf(out, "%s  %s  %s\n", print_state(u),
			    unit_name(p, u), why(u)));
	for (b = p->broken.at; b < p->broken.at + p->broken.len; b++)
		plan_must(buf_printf(out, "gave up %s -> %s (%s), a cycle of %s\n",
		    b->unit, b->needs, strcmp(b->kind, "run") ? "build" : "run-time",
		    b->size));
	if (p->built_in.len)
		put_end(p, out);
	else
		plan_must(buf_puts(out, "nothing to build\n"));
	if (out->len > from) {		/* a tree may hold any name */
		plain_lines(out->s + from);
		out->len = from + strlen(out->s + from);
	}
}

/* ---- for dot(1) ---- */

static void
dot_name(struct buf *out, const char *s, size_t len)
{
	plan_must(buf_putc(out, '"'));
	for (; len; s++, len--) {
		if (*s == '"' || *s == '\\')
			plan_must(buf_putc(out, '\\'));
		plan_must(buf_putc(out, *s));
	}
	plan_must(buf_putc(out, '"'));
}

static void
dot_arrow(struct buf *out, const char *from, const char *to, size_t len,
    const char *style)
{
	plan_must(buf_putc(out, '\t'));
	dot_name(out, from, strlen(from));
	plan_must(buf_puts(out, " -> "));
	dot_name(out, to, len);
	plan_must(buf_printf(out, "%s;\n", style));
}

void
print_dot(struct plan *p, struct buf *out)
{
	const char *name, *s, *word;
	const struct planned *u;
	const struct broken *b;
	size_t i, len;

	plan_must(buf_puts(out, "digraph plan {\n\trankdir=LR;\n\tnode [shape=box];\n"));
	for (i = 0; i < p->built_in.len; i++) {
		u = &p->units.at[p->built_in.at[i]];
		name = unit_name(p, u);
		plan_must(buf_putc(out, '\t'));
		dot_name(out, name, strlen(name));
		plan_must(buf_puts(out, ";\n"));
		for (s = u->waits; word = plan_word(&s, &len), len; )
			if (len != 1 || *word != '-')
				dot_arrow(out, name, word, len, "");
	}
	for (b = p->broken.at; b < p->broken.at + p->broken.len; b++)
		dot_arrow(out, b->unit, b->needs, strlen(b->needs), " [style=dashed]");
	plan_must(buf_puts(out, "}\n"));
}
