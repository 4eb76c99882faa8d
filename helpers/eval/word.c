#include <string.h>

#include "eval/eval_internal.h"

/* What a character may be special as. */
enum {
	ALWAYS = 1 << 0,	/* NUL \ $ ` */
	SQUOTE = 1 << 1,
	DQUOTE = 1 << 2,
	META   = 1 << 3,	/* what ends a word */
	CLOSE  = 1 << 4,	/* } */
};

static const unsigned char class[256] = {
	['\0'] = ALWAYS, ['\\'] = ALWAYS, ['$'] = ALWAYS, ['`'] = ALWAYS,
	['\''] = SQUOTE, ['"'] = DQUOTE,
	[' '] = META, ['\t'] = META, ['\n'] = META, [';'] = META, ['&'] = META,
	['|'] = META, ['<'] = META, ['>'] = META, ['('] = META, [')'] = META,
	['}'] = CLOSE, ['/'] = STOP_SLASH, [':'] = STOP_COLON,
};

static const unsigned special[] = {
	[VALUE]        = ALWAYS | SQUOTE | DQUOTE | META,
	[BRACE]        = ALWAYS | SQUOTE | DQUOTE | CLOSE,
	[QUOTED]       = ALWAYS | DQUOTE,
	[QUOTED_BRACE] = ALWAYS | SQUOTE | DQUOTE | CLOSE,
	[QUOTED_AGAIN] = ALWAYS | DQUOTE,
};

static int
is(char c, unsigned mask)
{
	return class[(unsigned char)c] & mask;
}

/* Whether a quoted c needs a backslash to stay literal. */
static int
needs_mark(enum use use, char c)
{
	if (use == REPLACEMENT)
		return c == '&' || c == '\\';
	return (c >= '!' && c <= '/') || (c >= ':' && c <= '@') ||
	    (c >= '[' && c <= '`') || (c >= '{' && c <= '~');
}

int
word_put(struct eval *e, const struct piece *w, const char *s, size_t len,
    int quoted)
{
	size_t i, k;
	int bad = 0;

	if (len > EVAL_VALUE || w->out->len + len > EVAL_VALUE)
		return eval_limit(e, "a value of more than 1 MiB");
	if (eval_charge(e, len) < 0)
		return -1;
	if (w->use == TEXT || !quoted)
		return buf_put(w->out, s, len) < 0 ?
		    eval_limit(e, "out of memory") : 0;
	for (i = k = 0; k < len; k++)
		if (needs_mark(w->use, s[k])) {
			bad |= buf_put(w->out, s + i, k - i);
			bad |= buf_putc(w->out, '\\');
			i = k;
		}
	bad |= buf_put(w->out, s + i, len - i);
	return bad ? eval_limit(e, "out of memory") : 0;
}

static int
squote(struct eval *e, const struct piece *w)
{
	const char *open = e->p++, *end = strchr(e->p, '\'');

	if (!end)
		return eval_fail(e, open, "never closed: '");
	if (word_put(e, w, e->p, (size_t)(end - e->p), 1) < 0)
		return -1;
	e->p = end + 1;
	return 0;
}

static int
dquote(struct eval *e, const struct piece *w)
{
	struct piece in = { w->out, w->use,
	    w->place == QUOTED_BRACE ? QUOTED_AGAIN : QUOTED, 0 };
	const char *open = e->p++;

	if (word_eval(e, &in) < 0)
		return -1;
	if (!*e->p)
		return eval_fail(e, open, "never closed: \"");
	e->p++;
	return 0;
}

static int
backslash(struct eval *e, const struct piece *w)
{
	char c = e->p[1];
	const char *escapable = w->place == QUOTED ? "$`\"\\" :
	    w->place == QUOTED_BRACE ? "$`\"\\}" : NULL;

	if (c == '\n') {
		e->p += 2;
		return 0;
	}
	if (c == '\0' || (escapable && !strchr(escapable, c))) {
		e->p++;
		return word_put(e, w, "\\", 1, 1);
	}
	e->p += 2;
	return word_put(e, w, &c, 1, 1);
}

static int
dollar(struct eval *e, const struct piece *w)
{
	const char *at = e->p++, *value;
	char name[256];
	size_t len;
	int n;

	n = eval_name(e, name);
	if (n < 0)
		return -1;
	if (n > 0 && strcmp(name, "_")) {
		if (eval_look(e, at, name, &value, &len) < 0)
			return -1;
		return word_put(e, w, value ? value : "", len, w->place >= QUOTED);
	}
	if (n == 0 && *e->p == '{') {
		e->p = at;
		return param_eval(e, w);
	}
	if (n == 0 && *e->p == '(')
		return eval_fail(e, at, "cannot evaluate %s",
		    e->p[1] == '(' ? "arithmetic: $((...))" :
		    "a command substitution: $(...)");
	if (n == 0 && *e->p == '[')
		return eval_fail(e, at, "cannot evaluate arithmetic: $[...]");
	if (n > 0 || (*e->p && strchr("0123456789@*#?-$!", *e->p)))
		return eval_fail(e, at, "cannot evaluate $%c, which is the "
		    "shell's own", n ? '_' : *e->p);
	if (*e->p == '\'' && !(special[w->place] & SQUOTE))
		return word_put(e, w, "$", 1, 1);
	if (*e->p == '\'') {
		e->p = at;
		return ansi_eval(e, w);
	}
	if (*e->p == '"' && w->place < QUOTED)
		return dquote(e, w);
	return word_put(e, w, "$", 1, w->place >= QUOTED);
}

/* One special character that does not end the piece. */
static int
special_one(struct eval *e, const struct piece *w)
{
	switch (*e->p) {
	case '\\':
		return backslash(e, w);
	case '\'':
		return squote(e, w);
	case '"':
		return dquote(e, w);
	case '$':
		return dollar(e, w);
	default:
		return eval_fail(e, e->p, "cannot evaluate a command "
		    "substitution: `...`");
	}
}

int
word_eval(struct eval *e, const struct piece *w)
{
	unsigned mask = special[w->place] | w->stop;
	int paired = 0;		/* within '' of a QUOTED_BRACE */
	const char *s;

	for (;;) {
		for (s = e->p; !is(*s, mask); s++)
			;
		if (s > e->p) {
			if (word_put(e, w, e->p, (size_t)(s - e->p),
			    w->place >= QUOTED) < 0)
				return -1;
			e->p = s;
		}
		if (!*s || is(*s, META | w->stop) ||
		    (*s == '}' && !paired) || (*s == '"' && !(mask & SQUOTE)))
			return 0;
		if (*s == '}') {
			if (word_put(e, w, e->p++, 1, w->place >= QUOTED) < 0)
				return -1;
		} else if (*s == '\'' && w->place == QUOTED_BRACE) {
			/* Literal; but bash pairs them to find the "}", and
			 * takes out the double quotes between them. */
			paired = !paired;
			if (word_put(e, w, e->p++, 1, 1) < 0)
				return -1;
		} else if (*s == '"' && paired) {
			e->p++;
		} else if (special_one(e, w) < 0) {
			return -1;
		}
	}
}
