#include <string.h>
#include <strings.h>

#include "repo/stanza.h"

/* Cuts a line off the front of text, without its newline. */
static struct span
line_next(struct span *text)
{
	const char *end = memchr(text->s, '\n', text->len);
	struct span line = { text->s, end ? (size_t)(end - text->s) : text->len };

	text->s += line.len + !!end;
	text->len -= line.len + !!end;
	return line;
}

int
stanza_next(struct span *text, struct span *stanza)
{
	struct span line;

	while (text->len && *text->s == '\n') {
		text->s++;
		text->len--;
	}
	*stanza = (struct span){ text->s, 0 };
	while (text->len) {
		line = line_next(text);
		if (!line.len)
			break;
		stanza->len = (size_t)(text->s - stanza->s);
	}
	return stanza->len != 0;
}

static int
is_blank(char c)
{
	return c == ' ' || c == '\t';
}

int
stanza_field(struct span *stanza, struct span *name, struct span *value)
{
	struct span line;
	const char *colon;

	if (!stanza->len)
		return 0;
	line = line_next(stanza);
	colon = memchr(line.s, ':', line.len);
	*name = (struct span){ line.s, colon ? (size_t)(colon - line.s) : line.len };
	value->s = colon ? colon + 1 : line.s + line.len;
	value->len = (size_t)(line.s + line.len - value->s);
	for (; value->len && is_blank(*value->s); value->s++)
		value->len--;
	while (stanza->len && is_blank(*stanza->s)) {
		line = line_next(stanza);
		value->len = (size_t)(line.s + line.len - value->s);
	}
	return 1;
}

struct span
stanza_get(struct span stanza, const char *name)
{
	size_t len = strlen(name);
	struct span n, value;

	while (stanza_field(&stanza, &n, &value))
		if (n.len == len && !strncasecmp(n.s, name, len))
			return value;
	return (struct span){ "", 0 };
}
