#include <errno.h>
#include <string.h>

#include "json.h"
#include "parse.h"
#include "http/list.h"

static int
bad(void)
{
	errno = EBADMSG;
	return -1;
}

/* Where the element at s ends. */
static const char *
behind(const char *s)
{
	int depth = 0, quoted = 0;

	for (; *s; s++) {
		if (quoted) {
			if (*s == '\\' && s[1])
				s++;
			else if (*s == '"')
				quoted = 0;
			continue;
		}
		if (!depth && (*s == ',' || *s == ']'))
			return s;
		quoted = *s == '"';
		depth += (*s == '{' || *s == '[') - (*s == '}' || *s == ']');
	}
	return s;
}

int
list_each(const char *text, int (*each)(void *arg, const char *s, size_t len), void *arg)
{
	const char *blanks = " \t\r\n", *end;
	size_t n;

	text += strspn(text, blanks);
	if (*text++ != '[')
		return bad();
	text += strspn(text, blanks);
	if (*text == ']')
		return 0;
	for (;;) {
		text += strspn(text, blanks);
		end = behind(text);
		n = (size_t)(end - text);
		while (n && strchr(blanks, text[n - 1]))
			n--;
		if (!*end || !n)
			return bad();
		if (each(arg, text, n))
			return -1;
		if (*end == ']')
			return 0;
		text = end + 1;
	}
}

int
list_string(const char *s, size_t len, struct buf *out)
{
	struct buf b = { 0 };
	int r;

	if (!len || *s != '"')
		return bad();
	r = buf_puts(&b, "{\"x\":") < 0 || buf_put(&b, s, len) < 0 || buf_putc(&b, '}') < 0 ||
	    json_get(b.s, b.len, "x", out) < 0 ? -1 : 0;
	buf_free(&b);
	return r;
}

int
member_text(const struct buf *text, const char *key, struct buf *out)
{
	out->len = 0;
	if (buf_puts(out, "") < 0)
		return -1;
	*out->s = '\0';
	if (json_get(text->len ? text->s : "", text->len, key, out) < 0)
		return errno == ENOENT ? 0 : -1;
	if (!strcmp(out->s, "null")) {
		out->len = 0;
		*out->s = '\0';
	}
	return 0;
}

int
member_number(const struct buf *text, const char *key, int64_t *n)
{
	struct buf b = { 0 };
	uint64_t u;
	int r = member_text(text, key, &b);

	if (r == 0 && b.len) {
		r = parse_uint(b.s, 0, INT64_MAX, &u);
		if (r == 0)
			*n = (int64_t)u;
	}
	buf_free(&b);
	return r;
}
