#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "err.h"
#include "plan/plan.h"

void
plan_must(int got)
{
	if (got < 0)
		die_sys(EX_OSERR, "plan");
}

char *
plan_keep(struct plan *p, const char *fmt, ...)
{
	va_list ap;
	char *s;
	int n;

	va_start(ap, fmt);
	n = vasprintf(&s, fmt, ap);
	va_end(ap);
	plan_must(n);
	plan_must(vec_push(&p->texts, s));
	return s;
}

const char *
plan_word(const char **s, size_t *len)
{
	const char *word = *s + strspn(*s, " ");

	*len = strcspn(word, " ");
	*s = word + *len;
	return word;
}

size_t
plan_name(const char *s, size_t len)
{
	size_t n;

	for (n = 0; n < len && !strchr("<>=", s[n]); n++)
		if (s[n] == ':' && n + 1 < len && s[n + 1] >= 'a' && s[n + 1] <= 'z')
			break;
	return n;
}

const char *
plan_path(struct plan *p, const struct folder *f)
{
	return f->path ? f->path : plan_keep(p, "%s/%s", p->tree, f->unit);
}

void
plan_free(struct plan *p)
{
	size_t i;

	for (i = 0; i < p->units.len; i++)
		buf_free(&p->units.at[i].why);
	for (i = 0; i < p->texts.len; i++)
		free(p->texts.at[i]);
	for (i = 0; i < p->files.len; i++)
		buf_free(&p->files.at[i]);
	symbols_free(&p->names);
	tree_free(&p->rows);
	vec_free(&p->folders);
	vec_free(&p->parts);
	vec_free(&p->gives);
	vec_free(&p->texts);
	vec_free(&p->files);
	vec_free(&p->asked);
	vec_free(&p->groups);
	vec_free(&p->wanted);
	vec_free(&p->units);
	vec_free(&p->built_in);
	vec_free(&p->broken);
	buf_free(&p->graph);
	buf_free(&p->order);
	buf_free(&p->table);
}
