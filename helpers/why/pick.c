/* Many errors of a log are no failures: somebody tried something, and went on.  So what
 * stands just before an end ("make: *** ...") counts most, hits that lie near each other
 * are one failure, whose first is the cause, and one that was long ago was minded by
 * nobody.  Everything is kept in a few such groups, whatever a log holds. */
#include <string.h>

#include "why/pick.h"

enum {
	NEAR = 60,	/* lines between the hits of one failure */
	NEAR_TOOL = 3,	/* whose cause is not known: somebody may have gone on */
	FAR = 30,	/* from those to the end, and it ended for something else */
	RUN = 100,	/* between ends that follow from each other */
	AGE = 200,	/* in so many, a hit becomes less likely by a step */
	IGNORED = 5,	/* before "(ignored)" */
};

static void
put(struct why_line *to, uint64_t line, const char *text, const char *kind)
{
	to->line = line;
	to->kind = kind;
	strcpy(to->text, text);
}

/* The better of two, the later one if it is not surely the earlier. */
static const struct hits *
better(const struct hits *before, const struct hits *now)
{
	uint64_t age = 0;

	if (!now->weight)
		return before;
	if (!before->weight)
		return now;
	if (!(before->flags & WHY_STAYS))
		age = (now->best.line - before->last) / AGE;
	return age < 8 && before->weight - (int)age > now->weight ? before : now;
}

/* What is at hand is a failure of its own. */
static void
close_hits(struct pick *p)
{
	const struct hits *best = better(&p->before, &p->now);

	if (best != &p->before)
		p->before = *best;
	p->now.weight = 0;
	p->after = 0;
}

static void
hit(struct pick *p, uint64_t line, const char *text, const struct why_rule *r,
    int weight)
{
	struct hits *h = &p->now;
	uint64_t near = h->weight <= WHY_TOOL ? NEAR_TOOL : NEAR;

	if (h->weight && !(h->flags & WHY_STAYS) && line - h->last > near)
		close_hits(p);
	if (weight > h->weight) {
		*h = (struct hits){ .weight = weight, .flags = r->flags };
		put(&h->best, line, text, r->kind);
		p->after = r->after;
	} else {
		p->after = 0;
		if (weight == h->weight && h->mores < PICK_MORE)
			put(&h->more[h->mores++], line, text, r->kind);
	}
	h->last = line;
}

/* The end is at line: whether what was found is too little to explain it. */
static int
is_weak(const struct hits *h, uint64_t line)
{
	return h->weight <= WHY_TOOL && (!h->weight || line - h->last > FAR);
}

/* What stands before an end that nothing known explains. */
static void
hit_last(struct pick *p, uint64_t line)
{
	static const struct why_rule unknown = { "", "last", WHY_TOOL, 0, 0 };
	struct why_line l = p->last;

	if (l.line && l.line != p->end_last && is_weak(better(&p->before, &p->now), line))
		hit(p, l.line, l.text, &unknown, WHY_TOOL);
}

/* Something ended for what was said before.  Of several in a row the first knows best. */
static void
end(struct pick *p, uint64_t line, const char *text, const char *kind)
{
	const struct hits *best;

	p->after = 0;
	if (!p->end_last || line - p->end_last > RUN) {
		hit_last(p, line);
		best = better(&p->before, &p->now);
		p->chosen = *best;
		put(&p->end, line, text, kind);
		p->before.weight = p->now.weight = 0;
	}
	p->end_last = line;
}

static void
noise(struct pick *p, uint64_t line, const struct why_rule *r)
{
	if (r->flags & WHY_SECTION)
		p->before.weight = p->now.weight = p->chosen.weight = 0, p->end_last = 0;
	if (r->flags & WHY_IGNORED && p->now.weight && line - p->now.last <= IGNORED)
		p->now.weight = 0;
	p->trace = r->flags & WHY_TRACE;
	p->after = 0;
}

void
pick_line(struct pick *p, uint64_t line, const char *text, const struct why_rule *r)
{
	static const struct why_rule raised = { "", "python", WHY_CAUSE, 0, 0 };
	struct hits *h = &p->now;

	if (p->trace && *text != ' ' && (!r || r->weight != WHY_NOISE)) {
		p->trace = 0;
		hit(p, line, text, r && r->weight == WHY_CAUSE ? r : &raised, WHY_CAUSE);
	} else if (!r) {
		if (p->after && h->weight && h->afters < PICK_MORE)
			put(&h->after[h->afters++], line, text, h->best.kind);
		p->after -= p->after != 0;
	} else if (r->weight == WHY_NOISE) {
		noise(p, line, r);
	} else if (r->weight == WHY_END) {
		end(p, line, text, r->kind);
	} else {
		hit(p, line, text, r, r->weight);
	}
	put(&p->last, line, text, "last");
}

static void
give(struct why *out, const struct why_line *l)
{
	size_t i;

	for (i = 0; i < out->n; i++)
		if (out->at[i].line == l->line && !strcmp(out->at[i].text, l->text))
			return;
	if (out->n < WHY_LINES)
		out->at[out->n++] = *l;
}

static void
give_hits(struct why *out, const struct hits *h)
{
	size_t i;

	if (!h->weight)
		return;
	give(out, &h->best);
	for (i = 0; i < h->afters; i++)
		give(out, &h->after[i]);
	for (i = 0; i < h->mores && out->n < WHY_LINES - 1; i++)
		give(out, &h->more[i]);
}

/* Those behind the first in their order. */
static void
sort(struct why *out)
{
	struct why_line l;
	size_t i, k;

	for (i = 2; i < out->n; i++) {
		l = out->at[i];
		for (k = i; k > 1 && out->at[k - 1].line > l.line; k--)
			out->at[k] = out->at[k - 1];
		out->at[k] = l;
	}
}

void
pick_end(struct pick *p, const char *verdict, struct why *out)
{
	const struct hits *best;
	static const struct { const char *verdict, *kind; int over; } ended[] = {
		{ "timeout", "timeout", 1 }, { "silent", "silent", 1 },
		{ "oom", "memory", 0 }, { "disk-full", "disk", 0 }, { "signal", "killed", 0 },
	};
	size_t i;

	out->n = 0;
	if (!p->end_last)
		hit_last(p, p->last.line);
	best = better(&p->before, &p->now);
	/* What is said behind an end follows from it, unless it is far from that. */
	if (p->end_last && p->chosen.weight &&
	    !(best->weight >= WHY_TOOL && best->best.line > p->end_last + RUN))
		best = &p->chosen;
	for (i = 0; i < sizeof(ended) / sizeof(*ended); i++) {
		if (strcmp(verdict, ended[i].verdict) || !p->last.line)
			continue;
		/* The log does not know that it was ended: there it was. */
		p->last.kind = ended[i].kind;
		if (ended[i].over || !best->weight || (strcmp(best->best.kind, ended[i].kind) &&
		    strcmp(best->best.kind, "killed")))
			give(out, &p->last);
	}
	give_hits(out, best);
	if (p->end_last && (best == &p->chosen || !best->weight))
		give(out, &p->end);
	if (!out->n && p->last.line)
		give(out, &p->last);
	sort(out);
}
