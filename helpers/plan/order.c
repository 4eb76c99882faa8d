#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "err.h"
#include "order/cycle.h"
#include "order/output.h"
#include "plan/order.h"

struct ordering {
	struct plan *p;
	struct buf text;	/* of the graph, taken apart */
	struct units units;
	struct graph graph;
	struct sccs sccs;	/* as they were before cycles were broken */
	struct sched sched;
};

static void
ordering_begin(struct ordering *o, struct plan *p)
{
	struct fault f;

	*o = (struct ordering){ .p = p };
	plan_must(buf_put(&o->text, p->graph.s ? p->graph.s : "", p->graph.len));
	if (units_read(&o->units, o->text.s, o->text.len, &f) < 0) {
		if (errno == EBADMSG)
			die(EX_DATAERR, "plan, unit %u: %s", f.line, f.why);
		plan_must(-1);
	}
	plan_must(graph_make(&o->graph, &o->units));
	plan_must(scc_find(&o->sccs, &o->graph, EDGE_BOTH));
	plan_must(cycle_break(&o->graph));
}

static void
ordering_end(struct ordering *o)
{
	scc_free(&o->sccs);
	graph_free(&o->graph);
	units_free(&o->units);
	buf_free(&o->text);
}

static void
put_order(struct ordering *o, struct buf *out)
{
	plan_must(sched_begin(&o->sched, &o->graph, o->p->slots, o->p->memory_kib));
	plan_must(order_units(out, &o->sched));
	plan_must(order_broken(out, &o->graph, &o->sccs));
	sched_end(&o->sched);
}

static struct planned *
planned_of(struct plan *p, const char *unit)
{
	uint32_t name = symbol_find(&p->names, unit, strlen(unit));

	return &p->units.at[p->folders.at[p->names.v[name].folder].planned];
}

/* Sets the state of what waits for units that cannot be built. */
static void
skip(struct ordering *o)
{
	struct plan *p = o->p;
	struct planned *u;
	uint32_t i, at = 0, because;

	plan_must(sched_begin(&o->sched, &o->graph, p->slots, p->memory_kib));
	for (i = 0; i < o->units.n; i++)
		if (planned_of(p, o->units.v[i].name)->state != STATE_BUILD)
			sched_set(&o->sched, i, SKIPPED);
	while ((i = sched_skip(&o->sched, &at, &because)) != SCHED_NONE) {
		u = planned_of(p, o->units.v[i].name);
		u->state = STATE_SKIPPED;
		u->why.len = 0;
		plan_must(buf_printf(&u->why, "waits for %s",
		    o->units.v[because].name));
	}
	sched_end(&o->sched);
}

/* ---- what that says ---- */

/* Cuts a line of at most n fields. */
static void
fields(char *line, char **field, int n)
{
	char *none = line + strlen(line);
	int i;

	for (i = 0; i < n; i++) {
		field[i] = line ? strsep(&line, "\t") : none;
	}
}

static void
take_unit(struct plan *p, char *line)
{
	char *f[9];
	struct planned *u;

	fields(line, f, 9);
	u = planned_of(p, f[3]);
	if (u->state != STATE_BUILD)
		return;
	plan_must(vec_push(&p->built_in, (uint32_t)(u - p->units.at)));
	u->position = plan_keep(p, "%zu", p->built_in.len);
	u->level = f[2];
	u->seconds = f[4];
	u->path_seconds = f[5];
	u->start = f[6];
	u->end = f[7];
	u->waits = f[8];
	if (strtod(u->end, NULL) > strtod(p->seconds, NULL))
		p->seconds = u->end;
}

static void
take_broken(struct plan *p, char *line)
{
	char *f[5];

	fields(line, f, 5);
	if (planned_of(p, f[1])->state == STATE_BUILD)
		plan_must(vec_push(&p->broken,
		    (struct broken){ f[1], f[2], f[3], f[4] }));
}

void
order_make(struct plan *p)
{
	struct ordering o;

	ordering_begin(&o, p);
	put_order(&o, &p->order);
	ordering_end(&o);
}

void
order_make_rest(struct plan *p)
{
	struct ordering o;
	char *s, *line;
	uint32_t i;

	ordering_begin(&o, p);
	skip(&o);
	/* What is not built stands in the order still, so that the same needs are
	 * given up as in a build; but it takes no time. */
	for (i = 0; i < o.units.n; i++)
		if (planned_of(p, o.units.v[i].name)->state != STATE_BUILD)
			o.units.v[i].weight = 0;
	put_order(&o, &p->table);
	ordering_end(&o);
	p->seconds = "0";
	s = p->table.s;
	while ((line = strsep(&s, "\n")))
		if (!strncmp(line, "unit\t", 5))
			take_unit(p, line);
		else if (*line)
			take_broken(p, line);
}
