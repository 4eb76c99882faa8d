#include <stdlib.h>
#include <string.h>

#include "eval/arch.h"
#include "eval/eval.h"
#include "eval/archfit.h"
#include "eval/glob.h"

/* Whether the pattern, n bytes at s, is all of arch.  Returns -1 with errno
 * ENOMEM. */
static int
matches(const char *s, size_t n, const struct runes *arch, size_t *work)
{
	struct glob g;
	int never;
	ptrdiff_t len;

	if (glob_make(&g, s, n, 1, work) < 0)
		return -1;
	len = glob_match(&g, arch->c, arch->n, GLOB_LONG, &never);
	glob_free(&g);
	return *work && len == (ptrdiff_t)arch->n;
}

/* Whether one of the words of s is arch, by a pattern or a group. */
static int
listed(const char *s, const char *arch, const struct runes *runes)
{
	size_t n, work = EVAL_WORK;
	int got;

	for (;; s += n) {
		s += strspn(s, " \t\n|");
		if (!*s)
			return 0;
		n = strcspn(s, " \t\n|");
		got = matches(s, n, runes, &work);
		if (got || arch_in(arch, s, n))
			return got < 0 ? -1 : 1;
	}
}

/* The value without what marks it, and without parentheses, as a list. */
static char *
bare(const char *value)
{
	char *copy = strdup(value + (*value == '!' || *value == '@')), *to, *from;

	if (!copy)
		return NULL;
	for (to = from = copy; *from; from++)
		if (*from != '(' && *from != ')')
			*to++ = *from;
	*to = '\0';
	return copy;
}

int
archfit_fail_arch(const char *value, const char *arch)
{
	struct runes runes = { 0 };
	char *list = bare(value);
	int got = -1;

	if (list && runes_make(&runes, arch, strlen(arch), 1) == 0)
		got = listed(list, arch, &runes);
	runes_free(&runes);
	free(list);
	return got < 0 ? -1 : *value == '!' ? got : !got;
}

int
archfit_abhost(const char *value, const char *arch)
{
	return !strcmp(value, arch) || !strcmp(value, "noarch") ||
	    (!strcmp(value, "optenv32") && !strcmp(arch, "amd64"));
}
