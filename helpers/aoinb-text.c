/* aoinb-text: text of others, made fit for a terminal. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "err.h"
#include "file.h"
#include "opt.h"
#include "parse.h"
#include "plain.h"
#include "table.h"

enum { O_RAW = OPT_LONG, ROOM = 1 << 16, ROWS = 64 << 20, COLUMNS_MOST = 64 };

static const struct opt tab[] = {
	{ 'c', "count", "FD",   "write to that descriptor how many bytes came" },
	{ 't', "table", "HEADS", "rows with tabs, as columns below HEADS (comma between)" },
	{ O_RAW, "raw", NULL,   "on a terminal as it is, too" },
	{ 0 },
};

static int raw, count_fd = -1;
static char *heads;

static void
options(char *argv[])
{
	struct opts o = { .usage = "[--count=FD] [--raw | --table=HEADS]",
	    .about = "Copy text, and leave out what a terminal should not be told.", .tab = tab };
	uint64_t n;
	int c;

	opt_begin(&o, argv);
	while ((c = opt_next(&o)) != -1)
		switch (c) {
		case 'c':
			if (parse_uint(o.arg, 0, 1023, &n) < 0)
				die(EX_USAGE, "--count=%s: not a descriptor", o.arg);
			count_fd = (int)n;
			break;
		case 't':
			heads = strdup(o.arg);
			if (!heads)
				die_sys(EX_OSERR, "--table");
			break;
		case O_RAW: raw = 1; break;
		}
	if (*o.argv || (raw && heads))
		opt_bad(&o);
}

static void
put(const char *s, size_t n)
{
	if (n && file_write(STDOUT_FILENO, s, n) < 0)
		die_sys(EX_IOERR, "standard output");
}

/* Each piece as it comes: somebody waits for it. */
static uint64_t
copy(int filter)
{
	struct plain plain = { .bare = plain_bare() };
	struct buf out = { 0 };
	char text[ROOM];
	uint64_t all = 0;
	ssize_t n;
	int good = 0;

	while ((n = read(STDIN_FILENO, text, sizeof(text))) != 0) {
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			die_sys(EX_IOERR, "standard input");
		all += (uint64_t)n;
		out.len = 0;
		if (filter)
			good = plain_put(&plain, text, (size_t)n, &out);
		if (good < 0)
			die_sys(EX_OSERR, "standard input");
		put(filter ? out.s : text, filter ? out.len : (size_t)n);
	}
	out.len = 0;
	if (filter && plain_end(&plain, &out) < 0)
		die_sys(EX_OSERR, "standard input");
	put(out.s, out.len);
	buf_free(&out);
	return all;
}

/* ---- tables ---- */

/* The cells of one row; those that are missing are empty, and those that are too
 * many stay away. */
static void
row(struct table *t, char *line)
{
	size_t i;

	for (i = 0; i < t->columns; i++)
		if (table_cell(t, line ? strsep(&line, "\t") : NULL) < 0)
			die_sys(EX_OSERR, "table");
}

static uint64_t
columns(void)
{
	const char *head[COLUMNS_MOST];
	struct buf in = { 0 };
	struct table t;
	char *s = heads, *line, *rest;
	size_t n = 0;
	uint64_t all;

	while (s && n < COLUMNS_MOST)
		head[n++] = strsep(&s, ",");
	if (s)
		die(EX_USAGE, "--table: more than %d columns", COLUMNS_MOST);
	if (buf_read(&in, STDIN_FILENO, ROWS) < 0)
		die_sys(errno == EFBIG ? EX_DATAERR : EX_IOERR, "standard input");
	table_begin(&t, n);
	all = in.len;
	rest = in.s;
	while (rest && (line = strsep(&rest, "\n")) && (*line || rest))
		row(&t, line);
	if (table_show(&t, STDOUT_FILENO, head) < 0)
		die_sys(errno == ENOMEM ? EX_OSERR : EX_IOERR, "standard output");
	table_free(&t);
	buf_free(&in);
	return all;
}

int
main(int argc, char *argv[])
{
	struct buf b = { 0 };
	uint64_t all;

	(void)argc;
	options(argv);
	all = heads ? columns() : copy(!raw && isatty(STDOUT_FILENO));
	if (count_fd >= 0 && (buf_printf(&b, "%llu\n", (unsigned long long)all) < 0 ||
	    file_write(count_fd, b.s, b.len) < 0))
		die_sys(EX_IOERR, "descriptor %d", count_fd);
	buf_free(&b);
	free(heads);
	return 0;
}
