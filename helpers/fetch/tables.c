#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "buf.h"
#include "err.h"
#include "file.h"
#include "fetch/cache.h"
#include "fetch/html.h"
#include "fetch/tables.h"
#include "plain.h"

#define NO_FILE SIZE_MAX	/* row.file of what is none, or is not taken */

static const char suffix[] = ".want";

/* Finds what the rows of a table want.  Returns an exit code. */
static int
want_rows(struct tables *t, struct rows *rows, const char *pypi)
{
	struct source src;
	struct row *r;
	const char *wrong;
	ssize_t at;
	int code = 0;

	for (r = rows->v; r < rows->v + rows->n; r++) {
		r->file = NO_FILE;
		if (!row_is_file(r))
			continue;
		wrong = row_source(r, pypi, &src);
		if (wrong) {
			warn_msg("%s: %s", r->url, wrong);
			code = EX_DATAERR;
			continue;
		}
		src.bundle = rows->bundle;
		at = once_add(&t->files, &src);
		if (at < 0)
			die_sys(EX_OSERR, "%s", r->url);
		r->file = (size_t)at;
	}
	return code;
}

/* Whose the table is: the line of bundle.path beside it, where there is one. */
static char *
bundle_of(const char *table)
{
	const char *slash = strrchr(table, '/');
	struct buf b = { 0 };
	char *path;

	if (asprintf(&path, "%.*sbundle.path", slash ? (int)(slash + 1 - table) : 0, table) < 0)
		die_sys(EX_OSERR, "tables");
	if (file_get(AT_FDCWD, path, 1 << 16, &b) < 0 || !b.len)
		buf_free(&b);
	else
		b.s[strcspn(b.s, "\n")] = '\0';
	free(path);
	return b.s;
}

static int
named_right(const char *path)
{
	size_t n = strlen(path);

	return n > strlen(suffix) && !strcmp(path + n - strlen(suffix), suffix);
}

int
tables_read(struct tables *t, const char *const *paths, const char *pypi)
{
	int code = 0;
	size_t n = 0;

	*t = (struct tables){ 0 };
	for (n = 0; paths[n]; n++)
		if (!named_right(paths[n]))
			die(EX_USAGE, "--table: %s: its name does not end in %s",
			    paths[n], suffix);
	t->v = calloc(n + 1, sizeof(*t->v));
	if (!t->v)
		die_sys(EX_OSERR, "tables");
	for (; *paths; paths++) {
		struct rows *rows = &t->v[t->n];

		if (rows_read(rows, *paths) < 0) {
			code = err_lowest(code, err_code(errno));
			continue;
		}
		t->n++;
		rows->bundle = bundle_of(*paths);
		code = err_lowest(code, want_rows(t, rows, pypi));
	}
	return code;
}

void
tables_free(struct tables *t)
{
	size_t i;

	for (i = 0; i < t->n; i++)
		rows_free(&t->v[i]);
	free(t->v);
	once_free(&t->files);
	*t = (struct tables){ 0 };
}

/* Whether e is a web page, where that was to be an archive. */
static int
is_page(int cache, const struct entry *e)
{
	int fd = openat(cache, e->path,
	    O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK), page;
	struct stat st;

	if (fd < 0)
		return 0;
	page = fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && html_begins(fd);
	close(fd);
	return page;
}

/* One row with what became of its file, or with o NULL of no file.  Returns 0,
 * or -1 with errno set; *code gets an exit code where it is bad. */
static int
put_row(struct buf *b, const struct row *r, const struct source *src,
    const struct outcome *o, int cache, int *code)
{
	char *url = plain_urls_copy(r->url);
	struct entry e;
	int bad;

	if (!url || (o && o->here && cache_entry(&e, src) < 0)) {
		free(url);
		return -1;
	}
	bad = !o || !o->here ?
	    buf_printf(b, "%s\t%s\t%s\t%s\t%s\t%s\t-\n", r->n, r->type,
		o ? source_digest(src) : r->digest, r->name, r->options, url) :
	    buf_printf(b, "%s\t%s\t%s::%s\t%s\t%s\t%s\t%s\n", r->n, r->type,
		e.algo->name, o->hex, r->name, r->options, url, e.path);
	free(url);
	if (!o || !o->here)
		return bad;
	if (!bad && !src->algo && !strcmp(r->type, "tarball") &&
	    is_page(cache, &e)) {
		warn_msg("%s: a web page came in place of the archive", r->url);
		*code = EX_DATAERR;
	}
	return bad;
}

/* Returns an exit code after saying why. */
static int
write_one(const struct tables *t, const struct rows *rows,
    const struct outcome *v, int cache)
{
	struct buf b = { 0 };
	char *path = strdup(rows->title);
	const struct row *r;
	int bad = path ? 0 : -1, code = 0;

	for (r = rows->v; r < rows->v + rows->n && !bad; r++)
		bad = r->file == NO_FILE ?
		    put_row(&b, r, NULL, NULL, cache, &code) :
		    put_row(&b, r, &t->files.list.at[r->file], &v[r->file], cache,
		    &code);
	if (!bad) {
		path[strlen(path) - strlen(suffix)] = '\0';
		bad = file_replace(path, b.len ? b.s : "", b.len);
	}
	if (bad) {
		warn_sys("%s", path ? path : rows->title);
		code = err_lowest(code, errno == ENOENT ? EX_CANTCREAT :
		    err_code(errno));
	}
	buf_free(&b);
	free(path);
	return code;
}

int
tables_write(const struct tables *t, const struct outcome *v, int cache)
{
	int code = 0;
	size_t i;

	for (i = 0; i < t->n; i++)
		code = err_lowest(code, write_one(t, &t->v[i], v, cache));
	return code;
}
