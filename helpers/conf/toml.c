#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "conf/toml_internal.h"
#include "err.h"
#include "vec.h"

enum { DEPTH = 64 };	/* of arrays and tables in each other */

enum kind { VALUE, TABLE, ARRAY };

/* A key or a header that was there already. */
struct seen {
	char *key;
	int line;
	enum kind kind;
	unsigned tables;	/* of an ARRAY */
};

struct toml {
	struct toml_at at;
	struct buf table;	/* which the keys are in, or empty */
	VEC(struct seen) seen;
	int depth, passing;	/* passing: within an array, of which nobody is told */
	toml_take *take;
	void *arg;
};

int
toml_bad(struct toml_at *at, const char *fmt, ...)
{
	va_list ap;

	at->f->line = at->line;
	va_start(ap, fmt);
	vsnprintf(at->f->why, sizeof(at->f->why), fmt, ap);
	va_end(ap);
	return -1;
}

void
toml_must(int r)
{
	if (r < 0)
		die_sys(EX_OSERR, "configuration");
}

/* ---- blanks ---- */

static void
skip_blanks(struct toml *t)
{
	t->at.p += strspn(t->at.p, " \t");
}

/* A comment, if there is one, and the end of the line.  Returns whether it is there; the
 * end of the text is one, too. */
static int
skip_line(struct toml *t)
{
	const char *p;

	skip_blanks(t);
	if (*t->at.p == '#')
		t->at.p += strcspn(t->at.p, "\n");
	p = t->at.p;
	p += *p == '\r' && p[1] == '\n';
	if (*p && *p != '\n')
		return 0;
	t->at.line += *p == '\n';
	t->at.p = p + (*p == '\n');
	return 1;
}

static void
skip_lines(struct toml *t)
{
	while (skip_line(t) && *t->at.p)
		;
}

/* ---- keys ---- */

static int
is_under(const char *key, const char *table)
{
	size_t n = strlen(table);

	return !strncmp(key, table, n) && key[n] == '.';
}

/* Notes key.  Returns 0, or -1 when something of that name, or in its place, is there. */
static int
note_key(struct toml *t, const char *key, enum kind kind, int line)
{
	struct seen new = { NULL, line, kind, 1 }, *s;

	if (t->passing)
		return 0;
	for (s = t->seen.at; s < t->seen.at + t->seen.len; s++) {
		if (!strcmp(s->key, key) && kind == ARRAY && s->kind == ARRAY) {
			s->tables++;
			return 0;
		}
		if (!strcmp(s->key, key) ||
		    (s->kind == VALUE && is_under(key, s->key)) ||
		    (kind == VALUE && is_under(s->key, key)))
			return toml_bad(&t->at, "%s is already set in line %d", key, s->line);
	}
	new.key = strdup(key);
	toml_must(new.key && vec_push(&t->seen, new) == 0 ? 0 : -1);
	return 0;
}

/* Where key is an array of tables, what follows is in its last one. */
static void
put_element(struct toml *t, struct buf *key)
{
	const struct seen *s;

	for (s = t->seen.at; s < t->seen.at + t->seen.len; s++)
		if (s->kind == ARRAY && !strcmp(s->key, key->s)) {
			toml_must(buf_printf(key, "[%u]", s->tables - 1));
			return;
		}
}

static size_t
bare(const char *s)
{
	return strspn(s, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
	    "0123456789_-");
}

/* A name that is as good without quotes has none. */
static void
put_name(struct buf *key, const char *name)
{
	if (*name && !name[bare(name)]) {
		toml_must(buf_puts(key, name));
		return;
	}
	toml_must(buf_putc(key, '"'));
	for (; *name; name++) {
		if (*name == '"' || *name == '\\')
			toml_must(buf_putc(key, '\\'));
		toml_must(buf_putc(key, *name));
	}
	toml_must(buf_putc(key, '"'));
}

static int
read_name(struct toml *t, struct buf *key)
{
	struct buf name = { 0 };
	size_t n = bare(t->at.p);
	int r = 0;

	if (*t->at.p == '"' || *t->at.p == '\'') {
		r = toml_string(&t->at, 1, &name);
		if (r == 0)
			put_name(key, name.s);
		buf_free(&name);
	} else if (n) {
		toml_must(buf_put(key, t->at.p, n));
		t->at.p += n;
	} else {
		r = toml_bad(&t->at, "neither [table], key = value nor a comment");
	}
	return r;
}

/* Adds the names that begin here to key. */
static int
read_key(struct toml *t, struct buf *key)
{
	for (;;) {
		if (key->len)
			toml_must(buf_putc(key, '.'));
		skip_blanks(t);
		if (read_name(t, key) < 0)
			return -1;
		skip_blanks(t);
		if (*t->at.p != '.')
			return 0;
		t->at.p++;
		put_element(t, key);
	}
}

/* ---- values ---- */

static int read_value(struct toml *t, const char *key, int line);

static int
read_array(struct toml *t)
{
	int r = 0;

	t->passing++;
	t->at.p++;
	while (r == 0) {
		skip_lines(t);
		if (*t->at.p == ']')
			break;
		r = read_value(t, "", t->at.line);
		skip_lines(t);
		if (r == 0 && *t->at.p == ',')
			t->at.p++;
		else if (r == 0 && *t->at.p != ']')
			r = toml_bad(&t->at, "an array has no end, or no comma between two values");
	}
	t->at.p += r == 0;
	t->passing--;
	return r;
}

/* KEY = VALUE, in the table of that key. */
static int
read_pair(struct toml *t, const char *table)
{
	struct buf key = { 0 };
	int line = t->at.line, r;

	toml_must(buf_puts(&key, table));
	r = read_key(t, &key);
	if (r == 0 && *t->at.p != '=')
		r = toml_bad(&t->at, "neither [table], key = value nor a comment");
	if (r == 0) {
		t->at.p++;
		skip_blanks(t);
		r = note_key(t, key.s, *t->at.p == '{' ? TABLE : VALUE, line);
	}
	if (r == 0)
		r = read_value(t, key.s, line);
	buf_free(&key);
	return r;
}

static int
read_table(struct toml *t, const char *key)
{
	t->at.p++;
	skip_blanks(t);
	if (*t->at.p != '}')
		for (;; t->at.p++) {
			if (read_pair(t, key) < 0)
				return -1;
			skip_blanks(t);
			if (*t->at.p == '}')
				break;
			if (*t->at.p != ',')
				return toml_bad(&t->at, "a table in braces does not end in its "
				    "line, or has no comma between two values");
		}
	t->at.p++;
	return 0;
}

static int
read_value(struct toml *t, const char *key, int line)
{
	struct toml_value v = { TOML_STRING, "", line };
	struct buf text = { 0 };
	int is_table = *t->at.p == '{', r;

	if (++t->depth > DEPTH)
		return toml_bad(&t->at, "more than %d values in each other", DEPTH);
	if (is_table) {
		r = read_table(t, key);
	} else if (*t->at.p == '[') {
		v.type = TOML_OTHER;
		r = read_array(t);
	} else if (*t->at.p == '"' || *t->at.p == '\'') {
		r = toml_string(&t->at, 0, &text);
	} else {
		r = toml_word(&t->at, &v.type, &text);
	}
	t->depth--;
	if (r == 0 && !is_table && !t->passing) {
		v.text = text.s ? text.s : "";
		t->take(t->arg, key, &v);
	}
	buf_free(&text);
	return r;
}

/* ---- lines ---- */

/* [table], or [[array of tables]]. */
static int
read_header(struct toml *t)
{
	int line = t->at.line, twice = t->at.p[1] == '[';
	const char *end = twice ? "]]" : "]";

	t->at.p += strlen(end);
	t->table.len = 0;
	if (read_key(t, &t->table) < 0)
		return -1;
	if (strncmp(t->at.p, end, strlen(end)))
		return toml_bad(&t->at, "a header has no %s", end);
	t->at.p += strlen(end);
	if (note_key(t, t->table.s, twice ? ARRAY : TABLE, line) < 0)
		return -1;
	if (twice)
		put_element(t, &t->table);
	return 0;
}

static int
read_lines(struct toml *t)
{
	int r;

	for (;;) {
		skip_lines(t);
		if (!*t->at.p)
			return 0;
		r = *t->at.p == '[' ? read_header(t) :
		    read_pair(t, t->table.len ? t->table.s : "");
		if (r < 0)
			return -1;
		if (!skip_line(t))
			return toml_bad(&t->at, "something stands behind the value");
	}
}

int
toml_read(const char *text, toml_take *take, void *arg, struct toml_fault *f)
{
	struct toml t = { .at = { text, 1, f }, .take = take, .arg = arg };
	size_t i;
	int r = read_lines(&t);

	for (i = 0; i < t.seen.len; i++)
		free(t.seen.at[i].key);
	vec_free(&t.seen);
	buf_free(&t.table);
	return r;
}
