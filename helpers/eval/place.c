#include <string.h>

#include "eval/place.h"
#include "eval/scan.h"

/* Whether the word at s assigns name; *value is then where the value begins. */
static int
assigns(const char *s, const char *end, const char *name, const char **value,
    int *added)
{
	size_t len = strlen(name);

	if ((size_t)(end - s) <= len || memcmp(s, name, len))
		return 0;
	s += len;
	*added = s[0] == '+' && s[1] == '=';
	*value = s + 1 + *added;
	return *added || *s == '=';
}

int
place_find(struct place *p, const char *text, const char *name)
{
	struct scan s = { .p = text };
	const char *word, *value;
	int added;

	*p = (struct place){ 0 };
	for (;;) {
		s.p += strspn(s.p, " \t\r\n;");
		if (!*s.p)
			return 0;
		if (*s.p == '#') {
			s.p += strcspn(s.p, "\n");
			continue;
		}
		word = s.p;
		if (scan_word(&s) < 0 || s.p == word)
			return -1;
		if (!assigns(word, s.p, name, &value, &added))
			continue;
		*p = (struct place){ word, s.p, value, p->times + 1, added };
		if (p->end[-1] == '\r' && p->end > value &&
		    (!*p->end || *p->end == '\n'))
			p->end--;
	}
}

size_t
place_gap(const char *s, const char *end, char quote)
{
	const char *p = s;

	for (; p < end; p++)
		if (quote == '"' && p[0] == '\\' &&
		    (p[1] == '\n' || (p[1] == '\r' && p[2] == '\n')))
			p += p[1] == '\r';
		else if (!memchr(PLACE_BLANKS, *p, sizeof(PLACE_BLANKS) - 1))
			break;
	return (size_t)(p - s);
}

/* How many words the value has; and where word n of them is, from 1, in *at. */
static unsigned
words(const struct place *p, unsigned n, const char **at)
{
	char quote = *p->value == '"' || *p->value == '\'' ? *p->value : 0;
	const char *s = p->value + (quote != 0), *end = p->end - (quote != 0);
	unsigned found = 0;

	while (s < end && (s += place_gap(s, end, quote)) < end) {
		if (++found == n)
			*at = s;
		while (s < end && !place_gap(s, end, quote))
			s++;
	}
	return found;
}

size_t
place_line(const char *text, const char *name, unsigned n, unsigned of)
{
	const char *at, *s;
	struct place p;
	size_t line = 1;

	if (place_find(&p, text, name) < 0 || !p.times)
		return 0;
	at = p.name;
	/* Where variables stand for several entries, nobody knows which is which. */
	if (words(&p, n, &at) != of)
		at = p.name;
	for (s = text; s < at; s++)
		line += *s == '\n';
	return line;
}
