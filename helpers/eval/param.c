#include <stdio.h>
#include <string.h>

#include "eval/param.h"
#include "eval/scan.h"
#include "eval/utf8.h"

static int
quoted(const struct param *v)
{
	return v->to->place >= QUOTED;
}

static int
bad_param(struct eval *e, const struct param *v)
{
	const char *end = e->p + (*e->p != '\0');
	size_t len = (size_t)(end - v->open);

	return eval_fail(e, v->open, "cannot evaluate the expansion %.*s%s",
	    len > 60 ? 60 : (int)len, v->open, *e->p == '}' ? "" : "...");
}

int
param_put(struct eval *e, const struct param *v, const char *s, size_t len)
{
	return word_put(e, v->to, s, len, quoted(v));
}

/* Passes over what bash does not look at either. */
static int
skip_rest(struct eval *e, const struct param *v)
{
	struct scan skip = { .p = e->p };

	if (scan_brace(&skip) < 0)
		return eval_fail(e, v->open, "never closed: ${");
	e->p = skip.p;
	return 0;
}

/* ---- ${V:-word} and its kin ---- */

static int
error_word(struct eval *e, struct param *v)
{
	struct buf text = { 0 };
	struct piece w = { &text, TEXT, quoted(v) ? QUOTED_BRACE : BRACE, 0 };

	if (word_eval(e, &w) == 0)
		eval_fail(e, v->open, "%s: %.180s", v->name, text.len ? text.s :
		    "parameter null or not set");
	buf_free(&text);
	return -1;
}

static int
default_assign(struct eval *e, struct param *v)
{
	struct buf text = { 0 };
	struct piece w = { &text, TEXT, quoted(v) ? QUOTED_BRACE : BRACE, 0 };
	int got = word_eval(e, &w);

	if (got == 0)
		got = eval_set(e, v->name, text.s, text.len);
	if (got == 0)
		got = param_put(e, v, text.len ? text.s : "", text.len);
	buf_free(&text);
	return got;
}

static int
default_word(struct eval *e, struct param *v, int null_too)
{
	struct piece w = { v->to->out, v->to->use, quoted(v) ? QUOTED_BRACE : BRACE, 0 };
	int set = v->set && !(null_too && v->len == 0);
	char op = *e->p++;

	if (op == '+' ? set : !set)
		return op == '?' ? error_word(e, v) :
		    op == '=' ? default_assign(e, v) : word_eval(e, &w);
	if (skip_rest(e, v) < 0)
		return -1;
	return op == '+' ? 0 : param_put(e, v, v->value, v->len);
}

/* ---- ${V:offset:length} ---- */

static int
number(struct eval *e, unsigned stop, int64_t *out)
{
	struct buf text = { 0 };
	struct piece w = { &text, TEXT, QUOTED_BRACE, stop };
	int got = word_eval(e, &w);

	if (got == 0)
		got = arith_eval(e, text.len ? text.s : "", out);
	buf_free(&text);
	return got;
}

static int
substring(struct eval *e, struct param *v)
{
	int64_t n, from, to;
	size_t a, b;

	if (*e->p == '}')
		return bad_param(e, v);
	if (!v->set)
		return skip_rest(e, v);
	if (number(e, STOP_COLON, &from) < 0)
		return -1;
	n = to = (int64_t)utf8_count(v->value, v->len);
	if (from < 0)
		from += n;
	if (from < 0 || from > n)
		return skip_rest(e, v);
	if (*e->p == ':') {
		e->p++;
		if (number(e, 0, &to) < 0)
			return -1;
		if (to < 0 && n + to < from)
			return eval_fail(e, v->open, "%s: a substring that ends "
			    "before it begins", v->name);
		to = to < 0 ? n + to : to > n - from ? n : from + to;
	}
	a = utf8_offset(v->value, v->len, (size_t)from);
	b = a + utf8_offset(v->value + a, v->len - a, (size_t)(to - from));
	return param_put(e, v, v->value + a, b - a);
}

/* ---- ${ ---- */

static int
length(struct eval *e, struct param *v)
{
	char out[24];
	int n;

	e->p++;
	if (eval_name(e, v->name) <= 0 || *e->p != '}')
		return bad_param(e, v);
	if (eval_look(e, v->open, v->name, &v->value, &v->len) < 0)
		return -1;
	if (eval_charge(e, v->len) < 0)
		return -1;
	n = snprintf(out, sizeof(out), "%zu", utf8_count(v->value, v->len));
	return param_put(e, v, out, (size_t)n);
}

static int
operate(struct eval *e, struct param *v)
{
	switch (*e->p) {
	case '}':
		return param_put(e, v, v->value, v->len);
	case '#': case '%':
		return v->len ? pattern_trim(e, v) : skip_rest(e, v);
	case '/':
		return v->set ? pattern_substitute(e, v) : skip_rest(e, v);
	case '^': case ',':
		return v->set ? pattern_case(e, v) : skip_rest(e, v);
	case '-': case '=': case '?': case '+':
		return default_word(e, v, 0);
	case ':':
		e->p++;
		eval_join(e);
		return *e->p && strchr("-=?+", *e->p) ? default_word(e, v, 1) :
		    substring(e, v);
	}
	return *e->p ? bad_param(e, v) : eval_fail(e, v->open, "never closed: ${");
}

int
param_eval(struct eval *e, const struct piece *w)
{
	struct param v = { .open = e->p, .to = w };
	int got;

	if (++e->depth > EVAL_DEPTH)
		return eval_limit(e, "nested more than 100 deep");
	e->p++;
	eval_join(e);
	e->p++;
	eval_join(e);
	if (*e->p == '#') {
		got = length(e, &v);
	} else if (eval_name(e, v.name) <= 0 || !strcmp(v.name, "_")) {
		got = bad_param(e, &v);
	} else if (eval_look(e, v.open, v.name, &v.value, &v.len) < 0) {
		got = -1;
	} else {
		v.set = v.value != NULL;
		if (!v.set)
			v.value = "";
		got = eval_charge(e, v.len) < 0 ? -1 : operate(e, &v);
	}
	e->depth--;
	if (got < 0)
		return -1;
	if (*e->p != '}')
		return eval_fail(e, v.open, "never closed: ${");
	e->p++;
	return 0;
}
