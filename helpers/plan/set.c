#include <string.h>

#include "err.h"
#include "plan/built.h"
#include "plan/set.h"

enum { SHOWN = 5 };	/* words that a unit lacks */

int
set_is_own(const struct plan *p, const struct planned *u, uint32_t part, uint32_t name)
{
	const struct folder *f = &p->folders.at[u->folder];
	const struct give *g = p->gives.at + f->give;
	uint32_t i;

	for (i = 0; i < f->gives; i++)
		if (g[i].name == name && g[i].part < part)
			return 1;
	return 0;
}

uint32_t
set_giver(const struct plan *p, uint32_t u, uint32_t name)
{
	const uint32_t *giver = p->names.v[name].giver;

	return giver[0] != u ? giver[0] : giver[1];
}

static void
gives(struct plan *p, uint32_t unit, const struct folder *f)
{
	const struct give *g = p->gives.at + f->give;
	uint32_t *giver, i;

	for (i = 0; i < f->gives; i++) {
		giver = p->names.v[g[i].name].giver;
		if (giver[0] == NONE)
			giver[0] = unit;
		else if (giver[0] != unit && giver[1] == NONE)
			giver[1] = unit;
	}
}

/* Whether the unit is called like another in file names; says so. */
static int
is_twin(struct plan *p, uint32_t number, const char *unit)
{
	struct buf key = { 0 };
	struct symbol *y;
	int twin;

	plan_must(unit_key(&key, unit));
	plan_must(vec_push(&p->files, key));
	y = symbol_at(&p->names, key.s, key.len);
	twin = y->key_of != NONE;
	if (twin)
		warn_msg("%s: cannot be told from %s (both are %s in file names); build "
		    "one after the other", unit,
		    p->folders.at[p->units.at[y->key_of].folder].unit, key.s);
	else
		y->key_of = number;
	return twin;
}

/* A unit joins the plan; by is a unit that needs it, or NONE.  Returns 0, or EX_DATAERR. */
static int
join(struct plan *p, uint32_t folder, const char *modifiers, uint32_t by)
{
	uint32_t number = (uint32_t)p->units.len;
	struct folder *f = &p->folders.at[folder];
	struct planned u = { .folder = folder, .modifiers = modifiers,
	    .joined = by != NONE };

	if (is_twin(p, number, f->unit))
		return EX_DATAERR;
	f->planned = number;
	if (by != NONE)
		plan_must(buf_printf(&u.why, "needed by %s",
		    p->folders.at[p->units.at[by].folder].unit));
	plan_must(vec_push(&p->units, u));
	if (by != NONE)
		gives(p, number, f);	/* such a one fits */
	return 0;
}

/* Settles the states of units from the first on: whether they are built is found
 * out for many at a time. */
static void
settle(struct plan *p, uint32_t first)
{
	struct planned *u;
	struct folder *f;
	uint32_t i;

	built_look(p, first);
	for (i = first; i < p->units.len; i++) {
		u = &p->units.at[i];
		f = &p->folders.at[u->folder];
		if (u->state == STATE_BUILT) {
			u->why.len = 0;
			plan_must(buf_printf(&u->why, "in output/%s", p->branch));
		} else if (f->unfit) {
			u->state = STATE_UNFIT;
			u->why.len = 0;
			plan_must(buf_printf(&u->why, "not for %s: %s", p->arch,
			    f->unfit));
			continue;
		}
		gives(p, i, f);
	}
}

/* ---- needs ---- */

/* A word that a part of a unit needs. */
struct need {
	uint32_t unit, part;
	const char *s;
	size_t len;
};

static void
lacks(struct plan *p, const struct need *w, const char *why)
{
	struct symbol *y = symbol_at(&p->names, w->s, w->len);
	struct planned *u = &p->units.at[w->unit];

	if (y->lacked_by == w->unit)
		return;
	y->lacked_by = w->unit;
	u->state = STATE_UNMET;
	if (!u->lacks++) {
		u->why.len = 0;
		plan_must(buf_puts(&u->why, "needs "));
	} else if (u->lacks <= SHOWN) {
		plan_must(buf_puts(&u->why, ", "));
	}
	if (u->lacks <= SHOWN)
		plan_must(buf_printf(&u->why, "%.*s (%s)", (int)w->len, w->s, why));
}

/* The next alternative of a need, as a name; NONE at the end. */
static uint32_t
alternative(struct plan *p, const char **s, const char *end)
{
	const char *word = *s, *bar;

	if (word >= end)
		return NONE;
	bar = memchr(word, '|', (size_t)(end - word));
	if (!bar)
		bar = end;
	*s = bar + 1;
	return symbol_of(&p->names, word, plan_name(word, (size_t)(bar - word)));
}

static int
is_met(struct plan *p, const struct need *w)
{
	const char *s = w->s, *end = w->s + w->len;
	uint32_t name;

	while ((name = alternative(p, &s, end)) != NONE)
		if (p->names.v[name].apt || set_giver(p, w->unit, name) != NONE ||
		    set_is_own(p, &p->units.at[w->unit], w->part, name))
			return 1;
	return 0;
}

/* The best maker of the first alternative that has one of at least that good, other
 * than the unit itself; NONE for none. */
static uint32_t
maker(struct plan *p, const struct need *w, uint32_t good)
{
	const char *s = w->s, *end = w->s + w->len;
	uint32_t self = p->units.at[w->unit].folder, name;
	const struct maker *m;

	while ((name = alternative(p, &s, end)) != NONE) {
		m = p->names.v[name].maker;
		m += m[0].good && m[0].folder == self;
		if (m->good >= good)
			return m->folder;
	}
	return NONE;
}

static int
is_self(struct plan *p, const struct need *w)
{
	const char *s = w->s, *end = w->s + w->len;
	uint32_t name;

	while ((name = alternative(p, &s, end)) != NONE)
		if (set_is_own(p, &p->units.at[w->unit], NONE, name))
			return 1;
	return 0;
}

/* One alternative is enough; of those that are missing, the one to be made. */
static int
need(struct plan *p, const struct need *w)
{
	uint32_t folder;
	const char *unit;

	if (is_met(p, w))
		return 0;
	folder = maker(p, w, 3);
	if (folder != NONE && p->with_deps)
		return p->folders.at[folder].planned != NONE ? 0 :
		    join(p, folder, p->modifiers, w->unit);
	if (folder == NONE)
		folder = maker(p, w, 1);
	if (folder == NONE) {
		lacks(p, w, is_self(p, w) ? "it makes that itself, and nobody else does" : p->tree ?
		    "neither apt nor the tree has it" : "apt has no such package");
		return 0;
	}
	unit = p->folders.at[folder].unit;
	lacks(p, w, p->folders.at[folder].unfit ?
	    plan_keep(p, "%s is not for %s: %s", unit, p->arch,
	    p->folders.at[folder].unfit) :
	    plan_keep(p, "%s makes it: --with-deps builds it", unit));
	return 0;
}

static int
needs_of(struct plan *p, uint32_t unit, uint32_t part, const char *words)
{
	struct need w = { .unit = unit, .part = part };
	int code = 0;

	while (!code && (w.s = plan_word(&words, &w.len), w.len))
		code = need(p, &w);
	return code;
}

static int
needs(struct plan *p, uint32_t unit)
{
	const struct folder *f = &p->folders.at[p->units.at[unit].folder];
	uint32_t i, first = f->part, n = f->parts;
	const struct part *part = p->parts.at + first;
	int code = 0;

	for (i = 0; !code && i < n; i++)
		if (!part[i].trouble)
			code = needs_of(p, unit, i, part[i].build);
	for (i = 0; !code && i < n; i++)
		if (!part[i].trouble)
			code = needs_of(p, unit, i, part[i].run);
	return code;
}

/* Whether ABMODIFIERS s say which stage it is; then at is 1 for the second. */
static int
tells_stage(const char *s, int *second)
{
	size_t n;
	int tells = 0;

	for (; *s; s += n + (s[n] == ',')) {
		n = strcspn(s, ",");
		if (n != strlen("+stage2") || strncasecmp(s + 1, "stage2", n - 1))
			continue;
		tells = 1;
		*second = *s == '+';
	}
	return tells;
}

/* What a wanted one is built with: its own modifiers, else those of all.  The second
 * stage is that of a whole build, so that with it all have it. */
static const char *
modifiers_of(struct plan *p, const struct wanted *w)
{
	int second = 0;

	if (!strcmp(w->modifiers, "-"))
		return p->modifiers;
	tells_stage(p->modifiers, &second);
	if (!second || tells_stage(w->modifiers, &second))
		return w->modifiers;
	return plan_keep(p, "%s,+stage2", w->modifiers);
}

int
set_make(struct plan *p)
{
	uint32_t i, settled;
	int code = 0;

	for (i = 0; !code && i < p->wanted.len; i++)
		code = join(p, p->wanted.at[i].folder, modifiers_of(p, &p->wanted.at[i]), NONE);
	if (code)
		return code;
	settle(p, 0);
	settled = (uint32_t)p->units.len;
	/* Others may join while we look.  When nobody knows what apt can install, it
	 * can install everything. */
	for (i = 0; !code && p->knows_apt && i < p->units.len; i++) {
		if (i == settled) {
			settle(p, i);
			settled = (uint32_t)p->units.len;
		}
		if (p->units.at[i].state == STATE_BUILD)
			code = needs(p, i);
	}
	for (i = 0; i < p->units.len; i++)
		if (p->units.at[i].lacks > SHOWN)
			plan_must(buf_printf(&p->units.at[i].why, ", and %u more",
			    p->units.at[i].lacks - SHOWN));
	return code;
}
