#include <string.h>

#include "eval/eval_internal.h"
#include "eval/scan.h"

int
branch_at(const char *s, const char *word)
{
	size_t n = strlen(word);

	/* strchr finds the NUL, too */
	return !strncmp(s, word, n) && strchr(" \t\n;&|<>()", s[n]) != NULL;
}

static int
unknown(struct eval *e)
{
	return eval_fail(e, e->p, "cannot evaluate the command if");
}

/* Moves over blanks; with lines, over newlines and comments, too. */
static void
gap(struct eval *e, int lines)
{
	for (;;) {
		eval_join(e);
		if (*e->p == ' ' || *e->p == '\t' || (lines && *e->p == '\n'))
			e->p++;
		else if (lines && *e->p == '#')
			e->p += strcspn(e->p, "\n");
		else
			return;
	}
}

/* ---- [[ ... ]]: each returns 1, 0, or -1 after eval_fail.  What bash does not look
 * at, since it is decided already, is skipped: the answer is void then. ---- */

static int either(struct eval *e, int skip);

/* One word, into w. */
static int
operand(struct eval *e, const struct piece *w, int skip)
{
	struct scan s = { .p = e->p };

	if (branch_at(e->p, "]]") || strchr("\n;&|<>()#", *e->p))
		return unknown(e);
	if (!skip)
		return word_eval(e, w);
	if (scan_word(&s) < 0)
		return eval_fail(e, s.bad, "never closed: %.1s", s.bad);
	e->p = s.p;
	return 0;
}

/* Behind the word `left`: whether it is something, or is what follows. */
static int
equality(struct eval *e, const struct buf *left, int skip)
{
	struct buf pattern = { 0 };
	struct piece right = { &pattern, PATTERN, VALUE, 0 };
	int not = branch_at(e->p, "!="), got;

	if (branch_at(e->p, "]]") || *e->p == ')' || !strncmp(e->p, "&&", 2) ||
	    !strncmp(e->p, "||", 2))
		return left->len > 0;
	if (!not && !branch_at(e->p, "=") && !branch_at(e->p, "=="))
		return unknown(e);
	e->p += strspn(e->p, "!=");
	gap(e, 0);
	got = operand(e, &right, skip);
	if (got == 0 && !skip)
		got = pattern_is(e, left, &pattern);
	buf_free(&pattern);
	return got < 0 ? -1 : got != not;
}

static int
comparison(struct eval *e, int skip)
{
	struct buf text = { 0 };
	struct piece left = { &text, TEXT, VALUE, 0 };
	int empty = branch_at(e->p, "-z"), got;
	int unary = empty || branch_at(e->p, "-n");

	if (*e->p == '-' && !unary)
		return unknown(e);	/* -f, or whatever else there is */
	if (unary) {
		e->p += 2;
		gap(e, 0);
	}
	got = operand(e, &left, skip);
	gap(e, 0);
	if (got == 0)
		got = unary ? empty == !text.len : equality(e, &text, skip);
	buf_free(&text);
	return got;
}

static int
term(struct eval *e, int skip)
{
	int got;

	if (++e->depth > EVAL_DEPTH)
		return eval_limit(e, "nested more than 100 deep");
	gap(e, 0);
	if (branch_at(e->p, "!")) {
		e->p++;
		got = term(e, skip);
		got = got < 0 ? -1 : !got;
	} else if (*e->p == '(') {
		e->p++;
		got = either(e, skip);
		gap(e, 0);
		if (got >= 0 && *e->p++ != ')') {
			e->p--;
			got = unknown(e);
		}
	} else {
		got = comparison(e, skip);
	}
	gap(e, 0);
	e->depth--;
	return got;
}

static int
both(struct eval *e, int skip)
{
	int got = term(e, skip), next;

	while (got >= 0 && !strncmp(e->p, "&&", 2)) {
		e->p += 2;
		gap(e, 1);
		next = term(e, skip || !got);
		got = next < 0 ? -1 : got && next;
	}
	return got;
}

static int
either(struct eval *e, int skip)
{
	int got = both(e, skip), next;

	while (got >= 0 && !strncmp(e->p, "||", 2)) {
		e->p += 2;
		gap(e, 1);
		next = both(e, skip || got);
		got = next < 0 ? -1 : got || next;
	}
	return got;
}

/* ---- */

/* What stands between "if" and "then", and these. */
static int
condition(struct eval *e)
{
	int got;

	gap(e, 1);
	if (!branch_at(e->p, "[["))
		return unknown(e);
	e->p += 2;
	e->asking++;
	got = either(e, 0);
	e->asking--;
	if (got < 0)
		return -1;
	if (!branch_at(e->p, "]]"))
		return unknown(e);
	e->p += 2;
	gap(e, 0);
	if (*e->p != '\n' && *e->p != ';')
		return unknown(e);
	e->p++;
	gap(e, 1);
	if (!branch_at(e->p, "then"))
		return unknown(e);
	e->p += 4;
	return got;
}

/* The commands of a branch, which are evaluated, or passed over. */
static int
commands(struct eval *e, int take)
{
	struct scan s;
	int n;

	for (n = 0;; n++) {
		gap(e, 1);
		if (branch_at(e->p, "elif") || branch_at(e->p, "else") ||
		    branch_at(e->p, "fi"))
			return n ? 0 : unknown(e);
		if (!*e->p)
			return eval_fail(e, e->p, "never closed: if");
		if (take) {
			if (eval_statement(e) < 0)
				return -1;
			continue;
		}
		s = (struct scan){ .p = e->p };
		if (scan_command(&s) < 0)
			return eval_fail(e, s.bad, "never closed: %.1s", s.bad);
		e->p = s.p;
	}
}

/* From behind "if" to behind "fi". */
static int
branches(struct eval *e)
{
	int take = condition(e), done = take, last = 0;

	while (take >= 0 && commands(e, take) == 0) {
		done |= take;
		if (branch_at(e->p, "fi")) {
			e->p += 2;
			return 0;
		}
		if (last)
			return unknown(e);
		last = branch_at(e->p, "else");
		e->p += 4;
		/* Behind a branch that was taken, conditions are commands that are
		 * passed over with the others. */
		take = done ? 0 : last ? 1 : condition(e);
	}
	return -1;
}

int
branch_eval(struct eval *e)
{
	int got;

	if (++e->depth > EVAL_DEPTH)
		return eval_limit(e, "nested more than 100 deep");
	e->p += 2;
	got = branches(e);
	e->depth--;
	if (got < 0)
		return -1;
	gap(e, 0);
	if (*e->p == ';' && e->p[1] != ';')
		e->p++;
	else if (*e->p && *e->p != '\n' && *e->p != '#')
		return unknown(e);	/* a pipe, a redirection */
	return 0;
}
