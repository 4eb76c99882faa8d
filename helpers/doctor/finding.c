#include <stdarg.h>
#include <stdio.h>
#include <unistd.h>

#include "doctor/finding.h"
#include "err.h"
#include "table.h"

static const char *const names[] = { [BAD] = "bad", [WARN] = "warn", [GOOD] = "good" };

void
find(struct findings *f, enum level level, const char *fmt, ...)
{
	struct finding one = { .level = level };
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vasprintf(&one.text, fmt, ap);
	va_end(ap);
	if (n < 0 || vec_push(f, one) < 0)
		die_sys(EX_OSERR, "memory");
}

size_t
findings_count(const struct findings *f, enum level level)
{
	size_t i, n = 0;

	for (i = 0; i < f->len; i++)
		n += f->at[i].level == level;
	return n;
}

static int
one_json(struct buf *out, const struct finding *one)
{
	return buf_printf(out, "%s{\"level\": \"%s\", \"text\": ", out->len ? ",\n " : "[",
	    names[one->level]) < 0 || buf_json(out, one->text) < 0 || buf_putc(out, '}') < 0 ? -1 : 0;
}

int
findings_print(const struct findings *f, int json, struct buf *out)
{
	static const char *const heads[] = { "LEVEL", "FINDING" };
	struct table t;
	int level, r = 0;
	size_t i;

	table_begin(&t, 2);
	for (level = 0; level < LEVELS; level++)
		for (i = 0; i < f->len && r == 0; i++) {
			if ((int)f->at[i].level != level)
				continue;
			if (json)
				r = one_json(out, &f->at[i]);
			else
				r = table_cell(&t, names[level]) < 0 ||
				    table_cell(&t, f->at[i].text) < 0 ? -1 : 0;
		}
	if (r == 0 && json)
		r = buf_puts(out, out->len ? "]\n" : "[]\n");
	else if (r == 0)
		r = table_print(&t, out, table_form(STDOUT_FILENO), heads);
	table_free(&t);
	return r;
}

void
findings_free(struct findings *f)
{
	while (f->len)
		free(f->at[--f->len].text);
	vec_free(f);
}
