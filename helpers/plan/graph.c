#include <inttypes.h>
#include <string.h>

#include "plan/graph.h"
#include "plan/set.h"

/* A need of a part of a unit. */
struct asking {
	struct plan *p;
	uint32_t unit, part;
};

int
graph_has(const struct planned *u)
{
	return u->state != STATE_BUILT;
}

static void
put(struct buf *b, const char *s, size_t len)
{
	plan_must(buf_put(b, s, len));
}

static void
put_name(struct plan *p, uint32_t name)
{
	put(&p->graph, p->names.v[name].s, p->names.v[name].len);
}

/* Remembers the names that units of the graph give. */
static void
mark_names(struct plan *p)
{
	const struct planned *u;
	const struct folder *f;
	struct symbol *y;
	uint32_t i, k;

	for (i = 0; i < p->units.len; i++) {
		u = &p->units.at[i];
		f = &p->folders.at[u->folder];
		if (!graph_has(u) || u->state == STATE_UNFIT)
			continue;
		for (k = 0; k < f->gives; k++) {
			y = &p->names.v[p->gives.at[f->give + k].name];
			y->live = 1;
			y->own |= k < f->names;
		}
	}
}

/* What a unit gives the others: a name of its own goes before the same name that
 * another provides too. */
static void
put_gives(struct plan *p, const struct planned *u)
{
	const struct folder *f = &p->folders.at[u->folder];
	const struct give *g = p->gives.at + f->give;
	uint32_t i;

	if (u->state == STATE_UNFIT) {
		put(&p->graph, "-", 1);
		return;
	}
	for (i = 0; i < f->gives; i++) {
		if (i >= f->names && p->names.v[g[i].name].own)
			continue;
		if (i)
			put(&p->graph, " ", 1);
		put_name(p, g[i].name);
	}
}

/* The name by which the graph is asked for one that a unit needs: NONE when nobody
 * in the graph gives it to that unit.  *met is set when it needs nobody. */
static uint32_t
asked_name(const struct asking *a, uint32_t name, int *met)
{
	struct plan *p = a->p;
	const struct planned *u = &p->units.at[a->unit];
	uint32_t giver;

	if (!set_is_own(p, u, NONE, name))
		return p->names.v[name].live ? name : NONE;
	/* It makes that itself: too late, unless an earlier part does; and who else
	 * gives it has another name, by which the graph cannot take one for the
	 * other. */
	if (!p->knows_apt || p->names.v[name].apt || set_is_own(p, u, a->part, name)) {
		*met = 1;
		return NONE;
	}
	giver = set_giver(p, a->unit, name);
	if (giver == NONE || !graph_has(&p->units.at[giver]))
		return NONE;
	return p->gives.at[p->folders.at[p->units.at[giver].folder].give].name;
}

/* Adds a word that somebody of the graph gives, as its names with bars between.
 * Returns whether there is one; else the graph is as it was. */
static int
put_need(const struct asking *a, const char *s, size_t len, int first)
{
	struct plan *p = a->p;
	size_t before = p->graph.len;
	const char *end = s + len, *bar;
	uint32_t name, asked;
	int hit = 0, met = 0;

	for (; s < end && !met; s = bar + 1) {
		bar = memchr(s, '|', (size_t)(end - s));
		if (!bar)
			bar = end;
		name = symbol_of(&p->names, s, plan_name(s, (size_t)(bar - s)));
		asked = asked_name(a, name, &met);
		if (p->graph.len > before)
			put(&p->graph, "|", 1);
		else if (!first)
			put(&p->graph, " ", 1);
		hit |= asked != NONE;
		put_name(p, asked != NONE ? asked : name);
	}
	if (hit && !met)
		return 1;
	p->graph.len = before;
	return 0;
}

/* Adds the words that others of the graph give. */
static void
put_needs(struct plan *p, uint32_t unit, int run)
{
	const struct folder *f = &p->folders.at[p->units.at[unit].folder];
	const struct part *part = p->parts.at + f->part;
	struct asking a = { p, unit, 0 };
	const char *s, *word;
	size_t len;
	int n = 0;

	put(&p->graph, "\t", 1);
	for (a.part = 0; a.part < f->parts; a.part++) {
		if (part[a.part].trouble)
			continue;
		s = run ? part[a.part].run : part[a.part].build;
		while (word = plan_word(&s, &len), len)
			n += put_need(&a, word, len, !n);
	}
	if (!n)
		put(&p->graph, "-", 1);
}

static void
put_unit(struct plan *p, uint32_t unit, const struct times *t)
{
	struct planned *u = &p->units.at[unit];
	const struct folder *f = &p->folders.at[u->folder];
	const struct took *took = times_of(p, t, f);
	uint64_t ms = ((took ? took->us : t->usual_us) + 500) / 1000;

	u->kib = took ? took->kib : 0;
	if (u->state != STATE_BUILD)
		ms = 0;
	plan_must(buf_printf(&p->graph, "%s\t%" PRIu64, f->unit, ms / 1000));
	if (ms % 1000)
		plan_must(buf_printf(&p->graph, ".%03u", (unsigned)(ms % 1000)));
	plan_must(buf_printf(&p->graph, "\t%" PRIu64 "\t", u->kib));
	put_gives(p, u);
	put_needs(p, unit, 0);
	put_needs(p, unit, 1);
	put(&p->graph, "\n", 1);
}

void
graph_put(struct plan *p, const struct times *t)
{
	uint32_t i;

	mark_names(p);
	for (i = 0; i < p->units.len; i++)
		if (graph_has(&p->units.at[i]))
			put_unit(p, i, t);
}
