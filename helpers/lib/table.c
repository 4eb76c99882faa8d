#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "file.h"
#include "plain.h"
#include "table.h"

enum table_form
table_form(int fd)
{
	return isatty(fd) ? TABLE_PEOPLE : TABLE_TSV;
}

void
table_begin(struct table *t, size_t columns)
{
	*t = (struct table){ .columns = columns };
}

int
table_cell(struct table *t, const char *text)
{
	size_t at = t->text.len;

	if (!text || !*text)
		text = "-";
	if (buf_put(&t->text, text, strlen(text) + 1) < 0)
		return -1;
	plain_line(t->text.s + at);
	t->text.len = at + strlen(t->text.s + at) + 1;
	t->cells++;
	return 0;
}

/* How many columns of a terminal s takes: continuation bytes of UTF-8 none. */
static size_t
width(const char *s)
{
	size_t n = 0;

	for (; *s; s++)
		n += (*s & 0xc0) != 0x80;
	return n;
}

static void
measure(const struct table *t, size_t *most, const char *const *heads)
{
	const char *s = t->text.s;
	size_t i, n;

	for (i = 0; heads && i < t->columns; i++)
		most[i] = width(heads[i]);
	for (i = 0; i < t->cells; i++, s += strlen(s) + 1) {
		n = width(s);
		if (n > most[i % t->columns])
			most[i % t->columns] = n;
	}
}

enum {
	LEAST = 8,	/* columns that a cell keeps when it is cut */
	LEFT = 4,	/* and the last, before it is left out */
};

size_t
table_width(void)
{
	struct winsize w;
	int fd;

	for (fd = STDOUT_FILENO; fd <= STDERR_FILENO; fd++)
		if (isatty(fd))
			return ioctl(fd, TIOCGWINSZ, &w) == 0 && w.ws_col ? w.ws_col : 80;
	return SIZE_MAX;
}

/* What column c may be cut down to. */
static size_t
least(const size_t *most, const char *const *heads, size_t c)
{
	size_t n = heads ? width(heads[c]) : 0;

	if (n < LEAST)
		n = LEAST;
	return n < most[c] ? n : most[c];
}

/* Cuts the widest columns until all fit into wide; the first, which is what people type
 * again, only after the others.  Returns how many columns there is room for. */
static size_t
fit(size_t *most, size_t columns, const char *const *heads, size_t wide)
{
	size_t all = 0, c, at, first;

	for (c = 0; c < columns; c++)
		all += most[c] + 2;
	all -= 2;
	for (first = 1; all > wide; all--) {
		for (at = columns, c = first; c < columns; c++)
			if (most[c] > least(most, heads, c) && (at == columns || most[c] > most[at]))
				at = c;
		if (at < columns)
			most[at]--;
		else if (first--)
			all++;
		else
			break;
	}
	for (; all > wide && columns > 1; columns--) {
		all -= most[columns - 1] + 2;
		if (all + 2 + LEFT <= wide) {	/* enough of it to tell something */
			most[columns - 1] = wide - all - 2;
			return columns;
		}
	}
	if (all > wide)
		most[0] = wide;
	return columns;
}

/* s, cut to room columns. */
static int
put(struct buf *out, const char *s, size_t room, int last)
{
	size_t n = width(s), cut = n > room, at = 0;

	for (; *s && (!cut || at < room || (*s & 0xc0) == 0x80); s++) {
		if (cut && (*s & 0xc0) != 0x80 && ++at == room)
			break;
		if (buf_putc(out, *s) < 0)
			return -1;
	}
	if (cut && buf_puts(out, "\xe2\x80\xa6") < 0)
		return -1;
	if (cut)
		n = room;
	for (; !last && n < room + 2; n++)
		if (buf_putc(out, ' ') < 0)
			return -1;
	return last ? buf_putc(out, '\n') : 0;
}

int
table_print(const struct table *t, struct buf *out, enum table_form form,
    const char *const *heads)
{
	size_t *most, i, c, shown, rows = t->cells / t->columns;
	const char *s = t->text.s;
	int failed = 0;

	if (form == TABLE_TSV) {
		for (i = 0; i < t->cells && !failed; i++, s += strlen(s) + 1)
			failed = buf_puts(out, s) < 0 || buf_putc(out,
			    (i + 1) % t->columns ? '\t' : '\n') < 0;
		return failed ? -1 : 0;
	}
	most = calloc(t->columns, sizeof(*most));
	if (!most)
		return -1;
	measure(t, most, heads);
	shown = fit(most, t->columns, heads, table_width());
	for (c = 0; heads && c < shown && !failed; c++)
		failed = put(out, heads[c], most[c], c + 1 == shown) < 0;
	for (i = 0; i < rows && !failed; i++)
		for (c = 0; c < t->columns && !failed; c++, s += strlen(s) + 1)
			failed = c < shown && put(out, s, most[c], c + 1 == shown) < 0;
	free(most);
	return failed ? -1 : 0;
}

int
table_show(const struct table *t, int fd, const char *const *heads)
{
	struct buf out = { 0 };
	int r = 0;

	if (t->cells)
		r = table_print(t, &out, table_form(fd), heads) < 0 ? -1 : file_write(fd, out.s, out.len);
	buf_free(&out);
	return r;
}

void
table_free(struct table *t)
{
	buf_free(&t->text);
}
