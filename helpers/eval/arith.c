#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "eval/eval_internal.h"

struct sum {
	struct eval *e;
	const char *s;
	unsigned depth;
};

static int sum(struct sum *a, int64_t *out);

static int
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static int
bad(const struct sum *a)
{
	return eval_fail(a->e, a->e->p, "cannot evaluate arithmetic: %.60s",
	    *a->s ? a->s : "something is missing");
}

/* The value of a name is an expression again. */
static int
named(struct sum *a, int64_t *out)
{
	char name[256];
	struct sum in = { a->e, NULL, a->depth };
	size_t len, n = 0;

	while (is_digit(*a->s) || *a->s == '_' || (*a->s >= 'a' && *a->s <= 'z') ||
	    (*a->s >= 'A' && *a->s <= 'Z')) {
		if (n == sizeof(name) - 1)
			return bad(a);
		name[n++] = *a->s++;
	}
	name[n] = '\0';
	if (!n)
		return bad(a);
	*out = 0;
	if (eval_look(a->e, a->e->p, name, &in.s, &len) < 0 ||
	    eval_charge(a->e, len + 1) < 0)
		return -1;
	if (!in.s || !in.s[strspn(in.s, " \t\n")])
		return 0;
	if (sum(&in, out) < 0)
		return -1;
	return *in.s ? bad(&in) : 0;
}

static int
operand(struct sum *a, int64_t *out)
{
	int minus = 0;
	char *end;

	for (a->s += strspn(a->s, " \t\n"); *a->s == '-' || *a->s == '+'; ) {
		minus ^= *a->s == '-';
		a->s++;
		a->s += strspn(a->s, " \t\n");
	}
	if (is_digit(*a->s)) {
		errno = 0;
		*out = strtoll(a->s, &end, 0);
		if (errno || is_digit(*end))
			return bad(a);
		a->s = end;
	} else if (*a->s == '(') {
		a->s++;
		if (sum(a, out) < 0)
			return -1;
		if (*a->s++ != ')') {
			a->s--;
			return bad(a);
		}
	} else if (named(a, out) < 0) {
		return -1;
	}
	if (minus && __builtin_sub_overflow((int64_t)0, *out, out))
		return bad(a);
	a->s += strspn(a->s, " \t\n");
	return 0;
}

static int
sum(struct sum *a, int64_t *out)
{
	int64_t v;
	char op;

	if (++a->depth > EVAL_DEPTH)
		return bad(a);
	if (operand(a, out) < 0)
		return -1;
	while (*a->s == '+' || *a->s == '-') {
		op = *a->s++;
		if (operand(a, &v) < 0)
			return -1;
		if (op == '+' ? __builtin_add_overflow(*out, v, out) :
		    __builtin_sub_overflow(*out, v, out))
			return bad(a);
	}
	a->depth--;
	return 0;
}

int
arith_eval(struct eval *e, const char *s, int64_t *out)
{
	struct sum a = { e, s, 0 };

	*out = 0;
	if (!s[strspn(s, " \t\n")])
		return 0;
	if (sum(&a, out) < 0)
		return -1;
	return *a.s ? bad(&a) : 0;
}
