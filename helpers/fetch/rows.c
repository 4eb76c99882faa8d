#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "buf.h"
#include "err.h"
#include "file.h"
#include "fetch/rows.h"

#define TABLE_MAX ((size_t)64 << 20)	/* bytes of one */

/* Cuts a line into the fields of a row.  Returns 0, or -1 when it is none. */
static int
cut(char *line, struct row *r)
{
	const char **field[] = { &r->n, &r->type, &r->digest, &r->name,
	    &r->options, &r->url, &r->path };
	size_t i;

	*r = (struct row){ 0 };
	for (i = 0; line && i < sizeof(field) / sizeof(*field); i++) {
		*field[i] = strsep(&line, "\t");
		if (!**field[i])
			return -1;
	}
	return i < 6 || line ? -1 : 0;
}

/* Fills t with the rows of its text, which has lines of them. */
static int
rows_cut(struct rows *t, size_t lines)
{
	char *at = t->text, *line;

	t->v = calloc(lines, sizeof(*t->v));
	if (!t->v)
		return -1;
	for (; t->n < lines; t->n++) {
		line = strsep(&at, "\n");
		if (cut(line, &t->v[t->n]) < 0) {
			errno = EBADMSG;
			return -1;
		}
	}
	return 0;
}

/* How many lines; -1 when the text has a NUL byte, or no end: it was cut off. */
static int
count(const struct buf *b, size_t *lines)
{
	const char *s = b->s;

	if (b->len && (memchr(s, '\0', b->len) || s[b->len - 1] != '\n')) {
		errno = EBADMSG;
		return -1;
	}
	for (*lines = 0; b->len && (s = strchr(s, '\n')); s++)
		++*lines;
	return 0;
}

int
rows_read(struct rows *t, const char *path)
{
	struct buf b = { 0 };
	size_t lines = 0;
	int r = file_get(AT_FDCWD, path, TABLE_MAX, &b), err;

	*t = (struct rows){ .title = path, .text = b.s };
	if (r == 0)
		r = count(&b, &lines);
	if (r == 0 && lines)
		r = rows_cut(t, lines);
	if (r == 0)
		return 0;
	err = errno == EINVAL ? EBADMSG : errno;
	if (errno == EINVAL)
		warn_msg("%s: not a regular file", path);
	else if (err == EBADMSG)
		warn_msg("%s: line %zu is not a row of a table of sources", path,
		    t->n + 1);
	else
		warn_sys("%s", path);
	rows_free(t);
	errno = err;
	return -1;
}

void
rows_free(struct rows *t)
{
	free(t->text);
	free(t->v);
	free(t->bundle);
	t->bundle = NULL;
	t->text = NULL;
	t->v = NULL;
	t->n = 0;
}

int
row_is_file(const struct row *r)
{
	return !strcmp(r->type, "tarball") || !strcmp(r->type, "file") ||
	    !strcmp(r->type, "pypi");
}

/* The value of the option version, which ends at len bytes; NULL for none. */
static const char *
version_of(const char *options, size_t *len)
{
	const char *s = options;

	while (strncasecmp(s, "version=", 8)) {
		s = strchr(s, ';');
		if (!s++)
			return NULL;
	}
	*len = strcspn(s + 8, ";");
	return s + 8;
}

/* What mirrors know a source by: the last part of its URL, "", where the row calls a file
 * otherwise without an option that says so. */
static const char *
name_of(const struct row *r)
{
	const char *s = r->options;

	while (s && strncasecmp(s, "rename=", 7)) {
		s = strchr(s, ';');
		s = s ? s + 1 : NULL;
	}
	return s || strcmp(r->type, "file") ? r->name : "";
}

/* Whether s is len bytes, at least one, of letters, digits and those of more. */
static int
plain(const char *s, size_t len, const char *more)
{
	size_t i;

	for (i = 0; i < len; i++)
		if (!s[i] || (!isalnum((unsigned char)s[i]) && !strchr(more, s[i])))
			return 0;
	return len > 0;
}

/* The URL of a release on PyPI into b.  Returns NULL, or what is wrong. */
static const char *
pypi_url(const struct row *r, const char *t, struct buf *b)
{
	size_t len = 0, n;
	const char *version = version_of(r->options, &len);
	int bad = 0;

	if (!plain(r->url, strlen(r->url), "._-") || !version ||
	    !plain(version, len, "._+!-"))
		return "not a name and a version of PyPI";
	if (!t)
		return "[fetch] pypi in aoinb.ini does not say where PyPI is";
	for (; *t && !bad; t += n) {
		n = strcspn(t, "{");
		if (n) {
			bad = buf_put(b, t, n);
		} else if (!strncmp(t, "{initial}", n = 9)) {
			bad = buf_put(b, r->url, 1);
		} else if (!strncmp(t, "{name}", n = 6)) {
			bad = buf_puts(b, r->url);
		} else if (!strncmp(t, "{version}", n = 9)) {
			bad = buf_put(b, version, len);
		} else {
			bad = buf_put(b, t, n = 1);
		}
	}
	return bad ? "out of memory" : NULL;
}

const char *
row_source(const struct row *r, const char *pypi, struct source *src)
{
	struct buf b = { 0 };
	const char *wrong = NULL, *url = r->url;

	/* The user who fetches may see more than who wrote the spec. */
	if (!strncasecmp(url, "file:", 5))
		return "file: URLs are not taken from a spec";
	if (!strcmp(r->type, "pypi")) {
		wrong = pypi_url(r, pypi, &b);
		url = b.len ? b.s : "";
	}
	if (!wrong)
		wrong = source_make(src, url, r->digest, name_of(r));
	buf_free(&b);
	return wrong;
}
