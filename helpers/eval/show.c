#include <string.h>

#include "eval/show.h"

static int
is_special(char c)
{
	return c == '\t' || c == '\n' || c == '\\';
}

int
show_escaped(struct buf *out, const char *s, size_t len)
{
	const char *end = s + len;
	size_t n;

	while (s < end) {
		for (n = 0; s + n < end && !is_special(s[n]); n++)
			;
		if (buf_put(out, s, n) < 0)
			return -1;
		s += n;
		if (s < end && buf_puts(out, *s == '\t' ? "\\t" :
		    *s == '\n' ? "\\n" : "\\\\") < 0)
			return -1;
		s += s < end;
	}
	return 0;
}

static int
record(struct buf *out, const struct var *v, const struct buf *file)
{
	return buf_put(out, file->s, file->len) < 0 ||
	    buf_put(out, v->name, v->name_len) < 0 || buf_putc(out, '\t') < 0 ||
	    show_escaped(out, v->value, v->len) < 0 || buf_putc(out, '\n') < 0 ?
	    -1 : 0;
}

static int
records(struct buf *out, const struct vars *t, const char *file)
{
	struct buf head = { 0 };
	const struct var *v;
	int got;

	got = show_escaped(&head, file, strlen(file)) < 0 ||
	    buf_putc(&head, '\t') < 0 ? -1 : 0;
	for (v = t->v; !got && v < t->v + t->n; v++)
		if (v->own && v->value)
			got = record(out, v, &head);
	buf_free(&head);
	return got;
}

static int
shell(struct buf *out, const struct vars *t)
{
	const struct var *v;

	for (v = t->v; v < t->v + t->n; v++)
		if (v->own && v->value && (buf_puts(out, v->name) < 0 ||
		    buf_putc(out, '=') < 0 || buf_shell(out, v->value) < 0 ||
		    buf_putc(out, '\n') < 0))
			return -1;
	return 0;
}

static int
json(struct buf *out, const struct vars *t, const char *file)
{
	const struct var *v;
	const char *sep = "";

	if (buf_puts(out, "{\"file\":") < 0 || buf_json(out, file) < 0 ||
	    buf_puts(out, ",\"vars\":{") < 0)
		return -1;
	for (v = t->v; v < t->v + t->n; v++) {
		if (!v->own || !v->value)
			continue;
		if (buf_puts(out, sep) < 0 || buf_json(out, v->name) < 0 ||
		    buf_putc(out, ':') < 0 || buf_json(out, v->value) < 0)
			return -1;
		sep = ",";
	}
	return buf_puts(out, "}}\n");
}

int
show_vars(struct buf *out, const struct vars *t, const char *file,
    enum show_form form)
{
	return form == SHOW_SHELL ? shell(out, t) :
	    form == SHOW_JSON ? json(out, t, file) : records(out, t, file);
}
