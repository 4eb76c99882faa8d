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
