#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "err.h"
#include "file.h"
#include "json.h"
#include "parse.h"
#include "report/folder.h"
#include "report/page.h"

enum { LOG_READ = 64 << 20, ROOM = 1 << 16, MARKS = 24 };

static void
get(const struct folder *f, const char *name, size_t most, struct buf *b)
{
	if (file_get(f->dir, name, most, b) < 0) {
		if (errno != ENOENT)
			warn_sys("%s/%s: passed over", f->id, name);
		b->len = 0;
	}
	put(b, "%s", "");
	b->len = strlen(b->s);
}

int
folder_open_at(struct folder *f, const struct store *at, const char *path)
{
	struct job_state state;
	const char *slash = strrchr(path, '/');

	*f = (struct folder){ .store = at, .id = slash ? slash + 1 : path };
	f->dir = openat(at ? at->dir : AT_FDCWD, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (f->dir < 0)
		return -1;
	get(f, "result.json", JOB_TEXT, &f->result);
	get(f, "rusage", STORE_TEXT, &f->rusage);
	if (at && job_state(at, f->id, &state) == 0) {
		strcpy(f->verdict, state.verdict);
	} else {
		struct buf b = { 0 };

		snprintf(f->verdict, sizeof(f->verdict), "%s", folder_fact(f, "verdict", &b));
		buf_free(&b);
	}
	return 0;
}

void
folder_close(struct folder *f)
{
	buf_free(&f->result);
	buf_free(&f->rusage);
	close(f->dir);
}

/* What a job says by files of one line while it has no record yet. */
static int
is_file(const char *key)
{
	static const char *const files[] = { "unit", "branch", "began", "version", "step", "bundle.digest",
	    NULL };
	size_t i;

	for (i = 0; files[i]; i++)
		if (!strcmp(key, files[i]))
			return 1;
	return 0;
}

const char *
folder_fact(const struct folder *f, const char *key, struct buf *out)
{
	buf_free(out);
	if (json_get(f->result.s, f->result.len, key, out) == 0 && out->s && strcmp(out->s, "null"))
		return out->s;
	out->len = 0;
	if (is_file(key)) {
		get(f, key, STORE_TEXT, out);
		out->s[out->len = strcspn(out->s, "\n")] = '\0';
	} else if (store_value(f->rusage.s, key, out) < 0) {
		out->len = 0;
	}
	put(out, "%s", "");
	out->s[out->len] = '\0';
	return out->s;
}

int64_t
folder_number(const struct folder *f, const char *key)
{
	struct buf b = { 0 };
	uint64_t n;
	int r = parse_uint(folder_fact(f, key, &b), 0, INT64_MAX, &n);

	buf_free(&b);
	return r < 0 ? -1 : (int64_t)n;
}

void
folder_title(const struct folder *f, struct buf *out)
{
	struct buf b = { 0 };

	if (!*folder_fact(f, "unit", &b))
		put(out, "%s", f->id);
	else if (unit_history_name(out, b.s) < 0)
		die_sys(EX_OSERR, "report");
	if (*folder_fact(f, "version", &b))
		put(out, " %s", b.s);
	buf_free(&b);
}

int
folder_next(const struct folder *f, const char *key, struct buf *all, const char **at,
    const char **element, size_t *len)
{
	if (!*at) {
		all->len = 0;
		if (json_get(f->result.s, f->result.len, key, all) < 0 || !all->s)
			return 0;
		*at = all->s;
	}
	return json_next(at, all->s + all->len, element, len) > 0;
}

static int
open_log(const struct folder *f)
{
	return openat(f->dir, "log", O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
}

/* A line as the record has it. */
static void
take_line(const char *s, size_t n, struct why_line *l)
{
	struct buf b = { 0 };
	uint64_t line = 0;

	l->kind = "";
	if (json_get(s, n, "line", &b) == 0 && b.s && parse_uint(b.s, 0, INT64_MAX, &line) < 0)
		line = 0;
	l->line = line;
	b.len = 0;
	if (json_get(s, n, "text", &b) < 0)
		b.len = 0;
	snprintf(l->text, sizeof(l->text), "%s", b.len ? b.s : "");
	buf_free(&b);
}

void
folder_why(const struct folder *f, struct why *w)
{
	struct buf all = { 0 };
	const char *at = NULL, *element;
	size_t len;
	int fd;

	w->n = 0;
	if (strcmp(verdict_class(f->verdict), "bad"))
		return;
	while (w->n < WHY_LINES && folder_next(f, "why", &all, &at, &element, &len)) {
		take_line(element, len, &w->at[w->n]);
		w->n += *w->at[w->n].text != '\0';
	}
	buf_free(&all);
	fd = w->n ? -1 : open_log(f);
	if (fd >= 0 && why_find(fd, f->verdict, w) < 0)
		w->n = 0;
	if (fd >= 0)
		close(fd);
}

/* "=== 1.0-0: sources ===", a heading of the build's at byte at. */
static void
add_mark(struct marks *m, const struct samples *s, const char *line, size_t n, uint64_t at)
{
	struct mark mark = { .at_us = samples_said(s, at) };
	const char *text = line + 4, *end = line + n - 4, *colon;

	if (n < 9 || memcmp(line, "=== ", 4) || memcmp(end, " ===", 4) || mark.at_us < 0 ||
	    m->len >= MARKS)
		return;
	colon = memmem(text, (size_t)(end - text), ": ", 2);
	text = colon ? colon + 2 : text;
	snprintf(mark.text, sizeof(mark.text), "%.*s", (int)(end - text), text);
	if (vec_push(m, mark) < 0)
		die_sys(EX_OSERR, "marks");
}

/* Headings stand in lines that are not long: what is cut in two is none. */
static void
find_marks(const struct folder *f, const struct samples *s, struct marks *m)
{
	char room[ROOM], *line, *end;
	int fd = open_log(f);
	off_t at = 0;
	ssize_t n;

	while (fd >= 0 && at < LOG_READ && (n = pread(fd, room, sizeof(room), at)) > 0) {
		for (line = room; (end = memchr(line, '\n', (size_t)(room + n - line))); line = end + 1)
			add_mark(m, s, line, (size_t)(end - line), (uint64_t)(at + (line - room)));
		at += line > room ? line - room : n;
		if (n < (ssize_t)sizeof(room))
			break;
	}
	if (fd >= 0)
		close(fd);
}

int
folder_drawing(const struct folder *f, struct series *t, struct drawing *d)
{
	struct samples s = { 0 };
	int64_t peak = folder_number(f, "peak_kib");

	*d = (struct drawing){ .series = t, .peak_kib = peak > 0 ? (double)peak : 0 };
	*t = (struct series){ 0 };
	if (samples_read(f->dir, "samples.csv", &s) < 0 && errno != ENOENT)
		warn_sys("%s/samples.csv: passed over", f->id);
	if (s.len) {
		t->span_us = (int64_t)s.at[s.len - 1].v[S_ELAPSED];
		series_add(t, &s, 0);
		find_marks(f, &s, &d->marks);
	}
	vec_free(&s);
	return t->span_us > 0;
}
