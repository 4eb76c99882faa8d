#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "err.h"
#include "file.h"
#include "plan/known.h"
#include "store/history.h"

enum {
	KNOWN_TEXT = 1 << 28,
	USUAL_US = 60 * 1000000,	/* when nothing was built yet */
};

/* Names with commas between them, and what is in parentheses left out. */
static void
add_names(struct plan *p, const char *s, size_t n)
{
	const char *end = s + n, *comma, *word;
	size_t len;

	for (; s < end; s = comma + 1) {
		comma = memchr(s, ',', (size_t)(end - s));
		if (!comma)
			comma = end;
		word = s + strspn(s, " ");
		len = strcspn(word, " (,\n");
		if (word < comma && len)
			symbol_at(&p->names, word, len)->apt = 1;
	}
}

static void
add_line(struct plan *p, const char *s, size_t n)
{
	if (n > 9 && !memcmp(s, "Package: ", 9))
		add_names(p, s + 9, n - 9);
	else if (n > 10 && !memcmp(s, "Provides: ", 10))
		add_names(p, s + 10, n - 10);
	else if (n && !memchr(s, ' ', n) && !memchr(s, ':', n))
		symbol_at(&p->names, s, n)->apt = 1;
}

int
known_read(struct plan *p, const char *file)
{
	int fd = open(file, O_RDONLY | O_CLOEXEC);
	struct buf text = { 0 };
	const char *s, *end;
	size_t n;

	if (fd < 0 || buf_read(&text, fd, KNOWN_TEXT) < 0) {
		close_keep(fd);
		buf_free(&text);
		return -1;
	}
	close(fd);
	plan_must(vec_push(&p->files, text));
	for (s = text.s, end = s + text.len; s && s < end; s += n + 1) {
		n = strcspn(s, "\n");
		add_line(p, s, n);
	}
	p->knows_apt = 1;
	return 0;
}

/* ---- times ---- */

static void
learn(struct plan *p, struct times *t, const char *const *row)
{
	struct took took = { .here = !strcmp(row[HISTORY_BRANCH], p->branch) };
	const char *name = row[HISTORY_NAME];
	struct took *was;
	struct symbol *y;

	if (strcmp(row[HISTORY_ARCH], p->arch) || strcmp(row[HISTORY_VERDICT], "ok"))
		return;
	y = symbol_at(&p->names, name, strlen(name));
	if (y->took == NONE) {
		y->took = (uint32_t)t->took.len;
		plan_must(vec_push(&t->took, took));
	}
	was = &t->took.at[y->took];
	took.us = strtoull(row[HISTORY_WALL_US], NULL, 10);
	took.kib = strtoull(row[HISTORY_PEAK_KIB], NULL, 10);
	took.job = row[HISTORY_JOB];
	took.most_us = was->most_us = took.us > was->most_us ? took.us : was->most_us;
	took.most_kib = was->most_kib = took.kib > was->most_kib ? took.kib : was->most_kib;
	if (took.here >= was->here)
		*was = took;
}

static int
by_time(const void *a, const void *b)
{
	const uint64_t *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

/* What was never built takes as long as others do, in the middle. */
static uint64_t
usual(const struct times *t)
{
	uint64_t *us, got;
	size_t i;

	if (!t->took.len)
		return USUAL_US;
	us = malloc(t->took.len * sizeof(*us));
	plan_must(us ? 0 : -1);
	for (i = 0; i < t->took.len; i++)
		us[i] = t->took.at[i].us;
	qsort(us, t->took.len, sizeof(*us), by_time);
	got = us[(t->took.len + 1) / 2 - 1];
	free(us);
	return got;
}

void
times_read(struct plan *p, struct times *t)
{
	const char *row[HISTORY_COLUMNS];
	struct history h;

	*t = (struct times){ .usual_us = USUAL_US };
	if (p->store.dir < 0)
		return;
	if (history_open(&p->store, &h) < 0) {
		if (errno != ENOENT)
			warn_sys("history: %s/history", p->store.path);
		return;
	}
	while (history_next(&h, row))
		learn(p, t, row);
	if (h.damaged)
		warn_msg("history: line %zu is damaged; passed over%s", h.first,
		    h.damaged > 1 ? ", and others" : "");
	t->usual_us = usual(t);
	/* The names lie in it. */
	plan_must(vec_push(&p->files, h.text));
}

const struct took *
times_of(struct plan *p, const struct times *t, const struct folder *f)
{
	struct buf name = { 0 };
	const char *base;
	uint32_t i;

	plan_must(unit_history_name(&name, f->unit));
	i = symbol_find(&p->names, name.s, name.len);
	buf_free(&name);
	i = i == NONE ? NONE : p->names.v[i].took;
	if (i == NONE && *f->unit != '/') {	/* built by its path, where no tree was known */
		base = strrchr(f->unit, '/') + 1;
		i = symbol_find(&p->names, base, strlen(base));
		i = i == NONE ? NONE : p->names.v[i].took;
	}
	return i == NONE ? NULL : &t->took.at[i];
}

void
times_free(struct times *t)
{
	vec_free(&t->took);
}
