#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "eval/eval_internal.h"
#include "eval/scan.h"

int
eval_init(struct eval *e)
{
	*e = (struct eval){ 0 };
	return vars_init(&e->vars);
}

void
eval_free(struct eval *e)
{
	vars_free(&e->vars);
	buf_free(&e->value);
}

int
eval_fail(struct eval *e, const char *at, const char *fmt, ...)
{
	va_list ap;

	e->bad_at = at;
	va_start(ap, fmt);
	vsnprintf(e->bad, sizeof(e->bad), fmt, ap);
	va_end(ap);
	return -1;
}

int
eval_limit(struct eval *e, const char *what)
{
	e->fatal = 1;
	return eval_fail(e, e->p, "%s", what);
}

int
eval_charge(struct eval *e, size_t n)
{
	if (n >= e->work)
		return eval_limit(e, "too much work");
	e->work -= n;
	return 0;
}

static void
report(struct eval *e)
{
	const char *s;

	if (e->bad_at < e->line_at) {
		e->line = 1;
		e->line_at = e->text;
	}
	for (s = e->line_at; s < e->bad_at; s++)
		e->line += *s == '\n';
	e->line_at = e->bad_at;
	e->report(e->arg, e->line, e->bad);
}

static int
is_name(char c, int first)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' ||
	    (!first && c >= '0' && c <= '9');
}

int
eval_name(struct eval *e, char *name)
{
	const char *at = e->p;
	int n = 0;

	for (eval_join(e); is_name(*e->p, n == 0); eval_join(e)) {
		if (n == 255)
			return eval_fail(e, at, "name longer than 255 bytes");
		name[n++] = *e->p++;
	}
	name[n] = '\0';
	return n;
}

const char *
eval_get(const struct eval *e, const char *name, size_t *len)
{
	const struct var *v = vars_find(&e->vars, name, strlen(name));

	*len = v && v->value ? v->len : 0;
	return v ? v->value : NULL;
}

int
eval_look(struct eval *e, const char *at, const char *name, const char **value,
    size_t *len)
{
	const struct var *v = vars_find(&e->vars, name, strlen(name));

	*value = eval_get(e, name, len);
	if (v && v->array)
		return eval_fail(e, at, "cannot evaluate $%s, which is an array", name);
	if (!*value && e->asking && e->sure)
		return eval_fail(e, at, "cannot tell whether $%s is set", name);
	return 0;
}

int
eval_set(struct eval *e, const char *name, const char *value, size_t len)
{
	struct var *v = vars_set(&e->vars, name, strlen(name), value ? value : "",
	    len, e->serial);

	if (!v)
		return eval_limit(e, e->vars.n == VARS_MAX ?
		    "more than 4096 variables" :
		    "more than 16 MiB of values");
	v->own = 1;
	return 0;
}

/* The value behind "NAME=" or "NAME+=", and the setting. */
static int
assign(struct eval *e, int append)
{
	struct piece w = { &e->value, TEXT, VALUE, 0 };
	struct buf both = { 0 };
	struct piece join = { &both, TEXT, VALUE, 0 };
	const char *old;
	size_t len;
	int got;

	e->value.len = 0;
	if (word_eval(e, &w) < 0)
		return -1;
	old = append ? eval_get(e, e->name, &len) : NULL;
	if (!old)
		return eval_set(e, e->name, e->value.s, e->value.len);
	got = word_put(e, &join, old, len, 0) < 0 ||
	    word_put(e, &join, e->value.s, e->value.len, 0) < 0 ? -1 :
	    eval_set(e, e->name, both.s, both.len);
	buf_free(&both);
	return got;
}

/* The word at e->p is no assignment we know.  Says what it is instead. */
static int
not_assignment(struct eval *e, const char *at)
{
	struct scan s = { .p = at };
	size_t len;

	if (strchr(";&|<>()", *at))
		return eval_fail(e, at, "cannot evaluate '%.*s'",
		    at[1] == at[0] ? 2 : 1, at);
	if (e->p > at && *e->p == '(')
		return eval_fail(e, at, "cannot evaluate the function %s",
		    e->name);
	if (e->p > at && *e->p == '[')
		return eval_fail(e, at, "cannot evaluate an element of the "
		    "array %s", e->name);
	len = scan_word(&s) < 0 ? strcspn(at, " \t\n") : (size_t)(s.p - at);
	return eval_fail(e, at, "cannot evaluate the command %.*s",
	    len > 60 ? 60 : (int)len, at);
}

enum word_kind { IS_ASSIGNMENT, IS_ARRAY, IS_OTHER };

/* Reads "NAME=" or "NAME+=" at e->p. */
static enum word_kind
word_head(struct eval *e, int *append)
{
	e->name[0] = '\0';
	if (eval_name(e, e->name) <= 0)
		return IS_OTHER;
	*append = *e->p == '+';
	if (*append) {
		e->p++;
		eval_join(e);
	}
	if (*e->p != '=')
		return IS_OTHER;
	e->p++;
	return *e->p == '(' ? IS_ARRAY : IS_ASSIGNMENT;
}

/* Reports, and when lenient moves on: over the word at `at` whose value could
 * not be evaluated, or over the whole command there.  Within an if all of that is
 * left to whoever began with it. */
static int
recover(struct eval *e, const char *at, int command)
{
	struct scan s = { .p = at };
	int got;

	if (e->inside)
		return -1;
	report(e);
	if (!e->lenient || e->fatal)
		return -1;
	if (++e->reports == EVAL_REPORTS) {
		eval_limit(e, "too much that cannot be evaluated");
		report(e);
		return -1;
	}
	if (command) {
		vars_undo(&e->vars, e->serial);
		got = scan_command(&s);
	} else {
		while (*s.p != '=')
			s.p++;
		s.p++;
		if (*s.p == '(') {
			s.p++;
			got = scan_array(&s);
		} else {
			got = scan_word(&s);
		}
	}
	if (got < 0) {
		if (s.bad != e->bad_at) {
			eval_fail(e, s.bad, "never closed: %.*s",
			    s.bad[0] == '$' ? 2 : 1, s.bad);
			report(e);
		}
		s.p += strlen(s.p);
	}
	e->p = s.p;
	return 0;
}

/* "NAME=(" at `at`.  What is made of it cannot be evaluated either, and all else can:
 * so even within an if it is only the array that is left out. */
static int
array(struct eval *e, const char *at)
{
	int inside = e->inside, got;

	eval_fail(e, at, "cannot evaluate the array %s", e->name);
	if (!e->lenient)
		return recover(e, at, 0);
	if (vars_array(&e->vars, e->name, strlen(e->name)) < 0)
		eval_limit(e, "more than 4096 variables");
	e->array = 1;
	e->inside = 0;
	got = recover(e, at, 0);
	e->array = 0;
	e->inside = inside;
	return got;
}

/* One word of a statement, of which n came before.  Returns 1 when it is no
 * assignment, and the statement none that we know. */
static int
word(struct eval *e, int n, int *export)
{
	const char *at = e->p;
	int append;

	switch (word_head(e, &append)) {
	case IS_ASSIGNMENT:
		/* bash evaluates all that export is given before it sets the
		 * first: not worth having, nobody writes more than one. */
		if (*export && n > 1)
			return 1;
		return assign(e, append) < 0 ? recover(e, at, 0) : 0;
	case IS_ARRAY:
		return array(e, at);
	case IS_OTHER:
		break;
	}
	if (!*e->name || !*e->p || !strchr(" \t\n;", *e->p))
		return *e->p != '\0' || !*export;
	if (n == 0)
		*export = !strcmp(e->name, "export");
	return !*export;
}

int
eval_statement(struct eval *e)
{
	const char *start = e->p, *at;
	int n, got, export = 0;

	for (n = 0;; n++) {
		for (eval_join(e); *e->p == ' ' || *e->p == '\t'; eval_join(e))
			e->p++;
		if (!*e->p || *e->p == '\n' || *e->p == '#')
			return 0;
		if (n > 0 && *e->p == ';' && e->p[1] != ';') {
			e->p++;
			return 0;
		}
		if (n == 0 && branch_at(e->p, "if")) {
			e->inside++;
			got = branch_eval(e);
			e->inside--;
			return got < 0 ? recover(e, start, 1) : 0;
		}
		at = e->p;
		got = word(e, n, &export);
		if (got < 0)
			return -1;
		if (got == 0)
			continue;
		not_assignment(e, export ? start : at);
		return recover(e, start, 1);
	}
}

/* Takes the CR out of every CRLF, and off the end. */
static size_t
strip_cr(char *s, size_t len)
{
	char *to = memchr(s, '\r', len), *from, *end = s + len;

	if (!to)
		return len;
	for (from = to; from < end; from++)
		if (*from != '\r' || (from + 1 < end && from[1] != '\n'))
			*to++ = *from;
	return (size_t)(to - s);
}

int
eval_text(struct eval *e, char *s, size_t len)
{
	const char *nul;

	e->text = e->p = e->line_at = s;
	e->line = 1;
	e->fatal = 0;
	e->reports = 0;
	e->depth = 0;
	e->inside = e->asking = e->array = 0;
	e->work = EVAL_WORK;
	s[len] = '\0';
	nul = memchr(s, '\0', len);
	if (nul || len > EVAL_FILE) {
		eval_fail(e, nul ? nul : s, nul ? "a NUL byte: this is no text" :
		    "more than 4 MiB");
		report(e);
		return -1;
	}
	s[strip_cr(s, len)] = '\0';
	while (*e->p) {
		if (strchr(" \t\n", *e->p))
			e->p++;
		else if (*e->p == '#')
			e->p += strcspn(e->p, "\n");
		else if (e->serial++, eval_statement(e) < 0)
			return -1;
	}
	return 0;
}
