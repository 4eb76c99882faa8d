#include <string.h>

#include "eval/show.h"
#include "eval/words.h"

static int
joins(char c)
{
	return c == '|' || c == '<' || c == '>' || c == '=';
}

ptrdiff_t
words_put(struct buf *out, const char *s)
{
	const char *last = NULL;
	size_t before = out->len, n;

	for (;; s += n) {
		s += strspn(s, " \t\n");
		if (!*s)
			return (ptrdiff_t)(out->len - before);
		n = strcspn(s, " \t\n");
		if (last && !joins(*last) && !joins(*s) &&
		    buf_putc(out, ' ') < 0)
			return -1;
		if (show_escaped(out, s, n) < 0)
			return -1;
		last = s + n - 1;
	}
}

/* A word without the "_" behind each of its names. */
static int
put_names(struct buf *out, const char *s, size_t len)
{
	size_t i;
	int bad = 0;

	for (i = 0; i < len && !bad; i++) {
		if (s[i] == '_' && i && s[i - 1] != '|' &&
		    (i + 1 == len || strchr("|<>=", s[i + 1])))
			continue;
		bad = buf_putc(out, s[i]) < 0;
	}
	return bad ? -1 : 0;
}

ptrdiff_t
words_packages(struct buf *out, const char *s)
{
	struct buf all = { 0 };
	size_t before = out->len, n;
	int bad = words_put(&all, s) < 0;

	for (s = all.len ? all.s : ""; *s && !bad; s += n + (s[n] == ' ')) {
		n = strcspn(s, " ");
		if (*s == '@')
			continue;
		if (out->len > before)
			bad = buf_putc(out, ' ') < 0;
		if (!bad)
			bad = put_names(out, s, n) < 0;
	}
	buf_free(&all);
	return bad ? -1 : (ptrdiff_t)(out->len - before);
}
