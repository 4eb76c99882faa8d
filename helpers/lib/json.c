#include <errno.h>
#include <stdint.h>
#include <string.h>

#include "json.h"

struct reader {
	const char *at, *end;
};

static int
bad(void)
{
	errno = EBADMSG;
	return -1;
}

static void
skip_space(struct reader *r)
{
	while (r->at < r->end && strchr(" \t\r\n", *r->at) && *r->at)
		r->at++;
}

static int
take(struct reader *r, char c)
{
	skip_space(r);
	if (r->at == r->end || *r->at != c)
		return bad();
	r->at++;
	return 0;
}

static int
put_utf8(struct buf *out, uint32_t c)
{
	char s[4];
	size_t n = 0;

	if (c < 0x80) {
		s[n++] = (char)c;
	} else if (c < 0x800) {
		s[n++] = (char)(0xc0 | c >> 6);
		s[n++] = (char)(0x80 | (c & 0x3f));
	} else if (c < 0x10000) {
		s[n++] = (char)(0xe0 | c >> 12);
		s[n++] = (char)(0x80 | (c >> 6 & 0x3f));
		s[n++] = (char)(0x80 | (c & 0x3f));
	} else {
		s[n++] = (char)(0xf0 | c >> 18);
		s[n++] = (char)(0x80 | (c >> 12 & 0x3f));
		s[n++] = (char)(0x80 | (c >> 6 & 0x3f));
		s[n++] = (char)(0x80 | (c & 0x3f));
	}
	return buf_put(out, s, n);
}

/* Four hex digits.  Returns their value, or -1. */
static int32_t
hex4(struct reader *r)
{
	int32_t v = 0;
	int i;

	for (i = 0; i < 4; i++, r->at++) {
		if (r->at == r->end)
			return -1;
		if (*r->at >= '0' && *r->at <= '9')
			v = v << 4 | (*r->at - '0');
		else if ((*r->at | 32) >= 'a' && (*r->at | 32) <= 'f')
			v = v << 4 | ((*r->at | 32) - 'a' + 10);
		else
			return -1;
	}
	return v;
}

/* What follows "\u": one unit, or two that are a pair. */
static int
escape_u(struct reader *r, struct buf *out)
{
	int32_t c = hex4(r), low;

	if (c <= 0)
		return bad();
	if (c >= 0xd800 && c < 0xdc00 && r->end - r->at >= 2 && r->at[0] == '\\' &&
	    r->at[1] == 'u') {
		r->at += 2;
		low = hex4(r);
		if (low < 0xdc00 || low > 0xdfff)
			return bad();
		c = 0x10000 + ((c - 0xd800) << 10) + (low - 0xdc00);
	}
	return out ? put_utf8(out, (uint32_t)c) : 0;
}

static int
escape(struct reader *r, struct buf *out)
{
	static const char from[] = "\"\\/bfnrt", to[] = "\"\\/\b\f\n\r\t";
	const char *p;

	if (r->at == r->end)
		return bad();
	if (*r->at == 'u') {
		r->at++;
		return escape_u(r, out);
	}
	p = *r->at ? strchr(from, *r->at) : NULL;
	if (!p)
		return bad();
	r->at++;
	return out ? buf_putc(out, to[p - from]) : 0;
}

/* A string, decoded into out unless that is NULL. */
static int
string(struct reader *r, struct buf *out)
{
	const char *from;

	if (take(r, '"') < 0)
		return -1;
	for (;;) {
		for (from = r->at; r->at < r->end && *r->at != '"' && *r->at != '\\'; r->at++)
			if ((unsigned char)*r->at < ' ')
				return bad();
		if (out && buf_put(out, from, (size_t)(r->at - from)) < 0)
			return -1;
		if (r->at == r->end)
			return bad();
		if (*r->at++ == '"')
			return 0;
		if (escape(r, out) < 0)
			return -1;
	}
}

/* Any value: brackets are counted, so nesting costs no stack. */
static int
value(struct reader *r)
{
	size_t depth = 0;

	do {
		skip_space(r);
		if (r->at == r->end || !*r->at)
			return bad();
		if (*r->at == '"') {
			if (string(r, NULL) < 0)
				return -1;
			continue;
		}
		if (*r->at == '{' || *r->at == '[')
			depth++;
		else if (*r->at == '}' || *r->at == ']') {
			if (!depth)
				return bad();
			depth--;
		} else if (*r->at == ',' || *r->at == ':') {
			if (!depth)
				return bad();
		} else {
			while (r->at < r->end && *r->at && !strchr(",:{}[]\" \t\r\n", *r->at))
				r->at++;
			continue;
		}
		r->at++;
	} while (depth);
	return 0;
}

int
json_get(const char *text, size_t len, const char *key, struct buf *out)
{
	struct reader r = { text, text + len };
	struct buf name = { 0 };
	const char *from;
	int found = 0;

	if (take(&r, '{') < 0)
		return -1;
	for (;;) {
		skip_space(&r);
		if (r.at < r.end && *r.at == '}')
			break;
		name.len = 0;
		if (buf_puts(&name, "") < 0 || string(&r, &name) < 0 || take(&r, ':') < 0)
			goto fail;
		skip_space(&r);
		from = r.at;
		found = !strcmp(name.s, key);
		if (found && r.at < r.end && *r.at == '"') {
			if (string(&r, out) < 0)
				goto fail;
			break;
		}
		if (value(&r) < 0)
			goto fail;
		if (found) {
			if (buf_put(out, from, (size_t)(r.at - from)) < 0)
				goto fail;
			break;
		}
		skip_space(&r);
		if (r.at < r.end && *r.at == ',')
			r.at++;
		else if (r.at == r.end)
			goto torn;
	}
	buf_free(&name);
	if (found)
		return 0;
	errno = ENOENT;
	return -1;
torn:
	errno = EBADMSG;
fail:
	buf_free(&name);
	return -1;
}

int
json_next(const char **at, const char *end, const char **element, size_t *len)
{
	struct reader r = { *at, end };
	int first;

	skip_space(&r);
	first = r.at < r.end && *r.at == '[';
	if (!first && r.at < r.end && *r.at == ']')
		return 0;
	if (take(&r, first ? '[' : ',') < 0)
		return -1;
	skip_space(&r);
	if (first && r.at < r.end && *r.at == ']') {
		*at = r.at;
		return 0;
	}
	*element = r.at;
	if (value(&r) < 0)
		return -1;
	*len = (size_t)(r.at - *element);
	*at = r.at;
	return 1;
}

int
json_member(const char **at, const char *end, struct buf *key, const char **from, size_t *len)
{
	struct reader r = { *at, end };
	int first;

	skip_space(&r);
	first = r.at < r.end && *r.at == '{';
	if (!first && r.at < r.end && *r.at == '}')
		return 0;
	if (take(&r, first ? '{' : ',') < 0)
		return -1;
	skip_space(&r);
	if (first && r.at < r.end && *r.at == '}') {
		*at = r.at;
		return 0;
	}
	key->len = 0;
	if (buf_puts(key, "") < 0 || string(&r, key) < 0 || take(&r, ':') < 0)
		return -1;
	skip_space(&r);
	*from = r.at;
	if (value(&r) < 0)
		return -1;
	*len = (size_t)(r.at - *from);
	*at = r.at;
	return 1;
}

char *
json_text(const struct buf *json, const char *key)
{
	struct buf b = { 0 };

	if (json_get(json->s, json->len, key, &b) == 0 && buf_puts(&b, "") == 0)
		return b.s;
	buf_free(&b);
	return NULL;
}
