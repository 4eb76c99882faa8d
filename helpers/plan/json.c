#include <inttypes.h>
#include <string.h>

#include "plan/print.h"

/* ",KEY:" before each member but the first. */
static void
key(struct buf *out, const char *name)
{
	if (out->s[out->len - 1] != '{')
		plan_must(buf_putc(out, ','));
	plan_must(buf_json(out, name));
	plan_must(buf_putc(out, ':'));
}

/* A string; null for NULL and "-". */
static void
text(struct buf *out, const char *name, const char *value)
{
	key(out, name);
	plan_must(value && strcmp(value, "-") ? buf_json(out, value) :
	    buf_puts(out, "null"));
}

/* What is a number as it is written. */
static void
number(struct buf *out, const char *name, const char *value)
{
	key(out, name);
	plan_must(buf_puts(out, value));
}

static void
amount(struct buf *out, const char *name, uint64_t value)
{
	key(out, name);
	plan_must(buf_printf(out, "%" PRIu64, value));
}

/* An array of words; none for "-". */
static void
words(struct plan *p, struct buf *out, const char *name, const char *list)
{
	const char *word, *sep = "";
	size_t len;

	key(out, name);
	plan_must(buf_putc(out, '['));
	while (strcmp(list, "-") && (word = plan_word(&list, &len), len)) {
		plan_must(buf_puts(out, sep));
		plan_must(buf_json(out, plan_keep(p, "%.*s", (int)len, word)));
		sep = ",";
	}
	plan_must(buf_putc(out, ']'));
}

static void
unit(struct plan *p, const struct planned *u, struct buf *out)
{
	const struct folder *f = &p->folders.at[u->folder];
	struct buf names = { 0 };

	plan_must(buf_puts(out, out->s[out->len - 1] == '[' ? "{" : ",{"));
	text(out, "unit", f->unit);
	text(out, "dir", plan_path(p, f));
	print_names(p, u, &names);
	words(p, out, "names", names.s);
	buf_free(&names);
	text(out, "version", f->version);
	text(out, "modifiers", u->modifiers);
	text(out, "state", print_state(u));
	text(out, "why", u->why.len ? u->why.s : NULL);
	if (u->state == STATE_BUILD) {
		number(out, "position", u->position);
		number(out, "level", u->level);
		number(out, "seconds", u->seconds);
		amount(out, "memory_kib", u->kib);
		number(out, "path_seconds", u->path_seconds);
		number(out, "start", u->start);
		number(out, "end", u->end);
		words(p, out, "waits", u->waits);
	}
	plan_must(buf_putc(out, '}'));
}

static void
broken(const struct broken *b, struct buf *out)
{
	plan_must(buf_puts(out, out->s[out->len - 1] == '[' ? "{" : ",{"));
	text(out, "unit", b->unit);
	text(out, "needs", b->needs);
	text(out, "kind", b->kind);
	number(out, "size", b->size);
	plan_must(buf_putc(out, '}'));
}

void
print_json(struct plan *p, struct buf *out)
{
	const struct planned *u;
	size_t i;

	plan_must(buf_putc(out, '{'));
	text(out, "branch", p->branch);
	key(out, "units");
	plan_must(buf_putc(out, '['));
	for (i = 0; i < p->built_in.len; i++)
		unit(p, &p->units.at[p->built_in.at[i]], out);
	for (u = p->units.at; u < p->units.at + p->units.len; u++)
		if (u->state != STATE_BUILD && print_is_shown(u))
			unit(p, u, out);
	plan_must(buf_putc(out, ']'));
	key(out, "broken");
	plan_must(buf_putc(out, '['));
	for (i = 0; i < p->broken.len; i++)
		broken(&p->broken.at[i], out);
	plan_must(buf_puts(out, "],\"estimate\":{"));
	number(out, "seconds", p->seconds);
	amount(out, "slots", p->slots);
	amount(out, "memory_kib", p->memory_kib);
	plan_must(buf_puts(out, "}}\n"));
}
