#include <string.h>

#include "eval/scan_internal.h"

int
scan_unclosed(struct scan *s, const char *at)
{
	if (!s->bad)
		s->bad = at;
	return -1;
}

/* To the next unescaped c; p is behind the opening one. */
static int
pass_to(struct scan *s, char c, int escapes)
{
	const char *open = s->p - 1;

	for (; *s->p != c; s->p++) {
		if (escapes && *s->p == '\\' && s->p[1])
			s->p++;
		if (!*s->p)
			return scan_unclosed(s, open);
	}
	s->p++;
	return 0;
}

static int
pass_dquote(struct scan *s)
{
	const char *open = s->p++;

	while (*s->p != '"') {
		if (!*s->p)
			return scan_unclosed(s, open);
		if (*s->p == '\'' || (*s->p == '$' && s->p[1] == '\''))
			s->p++;
		else if (scan_piece(s) < 0)
			return -1;
	}
	s->p++;
	return 0;
}

int
scan_parens(struct scan *s)
{
	const char *open = s->p;
	unsigned deep = 0;

	do {
		if (!*s->p)
			return scan_unclosed(s, open);
		deep += *s->p == '(';
		deep -= *s->p == ')';
		if (scan_piece(s) < 0)
			return -1;
	} while (deep);
	return 0;
}

int
scan_brace(struct scan *s)
{
	const char *open = s->p;

	while (*s->p != '}') {
		if (!*s->p)
			return scan_unclosed(s, open);
		if (scan_piece(s) < 0)
			return -1;
	}
	return 0;
}

static int
pass_dollar(struct scan *s)
{
	const char *at = s->p++;

	switch (*s->p) {
	case '\'':
		s->p++;
		return pass_to(s, '\'', 1);
	case '(':
		if (s->p[1] == '(')
			return scan_parens(s);
		s->p++;
		return scan_list(s, ')');
	case '{':
		s->p++;
		if (scan_brace(s) < 0) {
			s->bad = at;
			return -1;
		}
		s->p++;
		return 0;
	}
	return 0;
}

int
scan_piece(struct scan *s)
{
	int got;

	if (s->depth >= SCAN_DEPTH)
		return scan_unclosed(s, s->p);
	s->depth++;
	switch (*s->p) {
	case '\\':
		s->p += s->p[1] ? 2 : 1;
		got = 0;
		break;
	case '\'':
		s->p++;
		got = pass_to(s, '\'', 0);
		break;
	case '`':
		s->p++;
		got = pass_to(s, '`', 1);
		break;
	case '"':
		got = pass_dquote(s);
		break;
	case '$':
		got = pass_dollar(s);
		break;
	default:
		s->p++;
		got = 0;
	}
	s->depth--;
	return got;
}

int
scan_word(struct scan *s)
{
	while (*s->p && !strchr(" \t\n;&|<>()", *s->p))
		if (scan_piece(s) < 0)
			return -1;
	return 0;
}

void
scan_comment(struct scan *s)
{
	s->p += strcspn(s->p, "\n");
}

int
scan_array(struct scan *s)
{
	const char *open = s->p - 1;

	for (;;) {
		s->p += strspn(s->p, " \t\n");
		if (!*s->p)
			return scan_unclosed(s, open);
		if (*s->p == ')')
			break;
		if (*s->p == '#')
			scan_comment(s);
		else if (strchr(";&|<>(", *s->p))
			s->p++;
		else if (scan_word(s) < 0)
			return -1;
	}
	s->p++;
	return 0;
}

