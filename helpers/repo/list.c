#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "err.h"
#include "file.h"
#include "parse.h"
#include "repo/list.h"
#include "repo/stanza.h"
#include "table.h"

enum { COLUMNS = 5, SIZE = 3 };

static const char *const heads[COLUMNS] = { "PACKAGE", "VERSION", "ARCH", "SIZE", "FILE" };
static const char *const keys[COLUMNS] = { "package", "version", "arch", "size", "file" };
static const char *const fields[COLUMNS] = { "Package", "Version", "Architecture", "Size",
    "Filename" };

/* The value of column i as a string in b. */
static int
value(struct span stanza, int i, struct buf *b)
{
	struct span s = stanza_get(stanza, fields[i]);

	b->len = 0;
	return buf_put(b, s.s, s.len);
}

static int
put_object(struct buf *out, struct span stanza, struct buf *b)
{
	uint64_t size;
	int i, bad = 0;

	for (i = 0; i < COLUMNS && !bad; i++) {
		bad = buf_printf(out, "%s\"%s\":", i ? "," : "{", keys[i]) < 0 ||
		    value(stanza, i, b) < 0;
		if (!bad)
			bad = i == SIZE && parse_uint(b->s, 0, UINT64_MAX, &size) == 0 ?
			    buf_puts(out, b->s) < 0 : buf_json(out, b->s) < 0;
	}
	return bad ? -1 : buf_putc(out, '}');
}

static int
json(struct span text, struct buf *out)
{
	struct buf b = { 0 };
	struct span stanza;
	int n = 0, bad = 0;

	for (; !bad && stanza_next(&text, &stanza); n++)
		bad = buf_puts(out, n ? ",\n" : "[") < 0 || put_object(out, stanza, &b) < 0;
	buf_free(&b);
	return bad ? -1 : buf_puts(out, n ? "]\n" : "[]\n");
}

static int
rows(struct span text, struct buf *out)
{
	struct buf b = { 0 };
	struct span stanza;
	struct table t;
	int i, bad = 0;

	table_begin(&t, COLUMNS);
	while (!bad && stanza_next(&text, &stanza))
		for (i = 0; i < COLUMNS && !bad; i++)
			bad = value(stanza, i, &b) < 0 || table_cell(&t, b.s) < 0;
	if (!bad)
		bad = table_print(&t, out, table_form(STDOUT_FILENO), heads) < 0;
	table_free(&t);
	buf_free(&b);
	return bad ? -1 : 0;
}

void
list_packages(const struct repo *r, enum list_form form, struct buf *out)
{
	struct buf index = { 0 };
	struct span text;

	if (file_get(r->out, "Packages", REPO_TEXT, &index) < 0) {
		if (errno == ENOENT)
			die(EX_NOINPUT, "repository %s: it has no index; run aoinb repo index %s",
			    r->branch, r->branch);
		die_sys(err_code(errno), "repository %s: Packages", r->branch);
	}
	text = (struct span){ index.s, index.len };
	if ((form == LIST_JSON ? json(text, out) : rows(text, out)) < 0)
		die_sys(EX_OSERR, "repository %s", r->branch);
	buf_free(&index);
}
