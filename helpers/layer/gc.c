#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "err.h"
#include "layer/cmd.h"
#include "opt.h"

/* A layer of dependencies that may go when there are too many. */
struct spare {
	size_t layer;		/* its place in the list */
	int future;		/* some clock was wrong: it goes first */
	struct timespec used;
};

struct gc {
	struct cmd *c;
	struct used u;
	const char **why;	/* of each layer: why it goes, or NULL */
	VEC(struct spare) spare;
	uint64_t deps_kib;	/* of all dependencies that stay */
};

static int
is_deps(const struct used_layer *l)
{
	return !l->damaged && !strcmp(l->l.kind, "deps");
}

/* Whether the next build may use it. */
static int
is_on_top(const struct gc *g, const struct used_layer *l)
{
	return is_deps(l) && ids_has(&g->u.tops, l->l.parent);
}

/* When dependencies were used last: the time of a file, or when they were made. */
static int
last_use(struct gc *g, const struct used_layer *l, struct timespec *used, struct blame *b)
{
	char at[3 * STORE_NAME];
	struct stat st;

	*used = (struct timespec){ .tv_sec = l->l.made };
	snprintf(at, sizeof(at), "cache/deps/%s/used.%s", l->l.parent, l->l.id);
	if (fstatat(g->c->store.dir, at, &st, AT_SYMLINK_NOFOLLOW) == 0)
		*used = st.st_mtim;
	else if (errno != ENOENT)
		return blame_set(b, errno, at, NULL, "%s", "");
	return 0;
}

/* One of dependencies: it stays, goes, or is spare. */
static int
sort_deps(struct gc *g, size_t i, time_t now, struct blame *b)
{
	const struct used_layer *l = &g->u.layers.at[i];
	struct spare one = { .layer = i };

	if (!l->used && !l->kept && !is_on_top(g, l)) {
		g->why[i] = "dependencies unused";
		return 0;
	}
	g->deps_kib += l->l.size_kib > 0 ? (uint64_t)l->l.size_kib : 0;
	if (l->used || l->kept)
		return 0;
	if (last_use(g, l, &one.used, b) < 0)
		return -1;
	one.future = one.used.tv_sec > now;
	return vec_push(&g->spare, one) < 0 ? blame_set(b, errno, "layers", NULL, "%s", "") : 0;
}

static int
by_use(const void *a, const void *b)
{
	const struct spare *v = a, *w = b;

	if (v->future != w->future)
		return w->future - v->future;
	if (v->used.tv_sec != w->used.tv_sec)
		return v->used.tv_sec < w->used.tv_sec ? -1 : 1;
	if (v->used.tv_nsec != w->used.tv_nsec)
		return v->used.tv_nsec < w->used.tv_nsec ? -1 : 1;
	return v->layer < w->layer ? -1 : v->layer > w->layer;
}

/* Dependencies that no build will use, and those used longest ago, until they keep
 * below their limit. */
static int
choose_deps(struct gc *g, struct blame *b)
{
	time_t now = time(NULL);
	const struct layer *l;
	size_t i;

	for (i = 0; i < g->u.layers.len; i++)
		if (is_deps(&g->u.layers.at[i]) && sort_deps(g, i, now, b) < 0)
			return -1;
	if (!g->c->deps_kib)
		return 0;
	if (g->spare.len)
		qsort(g->spare.at, g->spare.len, sizeof(*g->spare.at), by_use);
	for (i = 0; i < g->spare.len && g->deps_kib > g->c->deps_kib; i++) {
		l = &g->u.layers.at[g->spare.at[i].layer].l;
		g->why[g->spare.at[i].layer] = "dependencies past their limit";
		g->deps_kib -= l->size_kib > 0 ? (uint64_t)l->size_kib : 0;
	}
	return 0;
}

static void
choose_unused(struct gc *g)
{
	const struct used_layer *l;
	size_t i;

	for (i = 0; i < g->u.layers.len; i++) {
		l = &g->u.layers.at[i];
		if (!l->used && !l->kept && !l->damaged && !is_on_top(g, l))
			g->why[i] = "unused";
	}
}

/* Whether something that is to go as well stands on the layer i. */
static int
has_above(const struct gc *g, size_t i)
{
	size_t k;

	for (k = 0; k < g->u.layers.len; k++)
		if (k != i && g->why[k] &&
		    !strcmp(g->u.layers.at[k].l.parent, g->u.layers.at[i].l.id))
			return 1;
	return 0;
}

/* From the top down, so that whenever we are killed what is left is whole.
 * Returns 0, or -1 when one could not be removed. */
static int
remove_layers(struct gc *g)
{
	char at[STORE_NAME + 16];
	struct used_layer *l;
	size_t i, left;
	int r = 0;

	do {
		left = 0;
		for (i = 0; i < g->u.layers.len; i++) {
			if (!g->why[i] || (has_above(g, i) && ++left))
				continue;
			l = &g->u.layers.at[i];
			note("layer %s: %s", l->l.id, g->why[i]);
			g->why[i] = NULL;
			snprintf(at, sizeof(at), "layers/%s", l->l.id);
			l->gone = away(g->c, at) == 0;
			r = l->gone ? r : -1;
			left++;
		}
	} while (left);
	return r;
}

static int
remove_left(struct gc *g)
{
	char at[STORE_NAME + 16];
	size_t i;
	int r = 0;

	for (i = 0; i < g->u.left.len; i++) {
		note("layer %s: left over", g->u.left.at[i] + 4);
		snprintf(at, sizeof(at), "layers/%s", g->u.left.at[i]);
		if (away(g->c, at) < 0)
			r = -1;
	}
	return r;
}

/* Names what is damaged.  When nothing at all is in use, to start anew, that goes,
 * too. */
static void
choose_damaged(struct gc *g, int all)
{
	struct used_layer *l;
	size_t i, n = 0;

	for (i = 0; i < g->u.layers.len; i++)
		n += (size_t)g->u.layers.at[i].used;
	for (i = 0; i < g->u.layers.len; i++) {
		l = &g->u.layers.at[i];
		if (all && n == 0 && (l->kept || l->damaged))
			g->why[i] = "damaged";
	}
	for (i = 0; i < g->u.damaged.len; i++) {
		g->u.damaged.at[i].cure = all && n == 0 ? NULL :
		    "the layer is kept, though nothing in use stands on it; remove its folder";
		fail_name(g->c, &g->u.damaged.at[i]);
	}
}

/* Finds out what is to go; all is whether anything but dependencies may.  Returns 0,
 * or -1 with errno and b set. */
static int
choose(struct gc *g, int all, struct blame *b)
{
	if (used_find(&g->c->store, &g->u, b) < 0)
		return -1;
	g->why = calloc(g->u.layers.len + 1, sizeof(*g->why));
	if (!g->why)
		return blame_set(b, errno, "layers", NULL, "%s", "");
	if (choose_deps(g, b) < 0)
		return -1;
	if (all)
		choose_unused(g);
	choose_damaged(g, all);
	return 0;
}

static int
collect(struct cmd *c, int all)
{
	struct gc g = { .c = c };
	struct blame b;
	int lock, code = 0;

	if (!opt_dry)		/* there may be no room, and then no trash */
		store_trash_empty(&c->store);
	lock = lock_layers(c, 0);
	if (lock < 0)
		return err_code(errno);
	if (choose(&g, all, &b) < 0) {
		code = refuse(c, &b);
	} else {
		if (remove_layers(&g) < 0 || (all && remove_left(&g) < 0))
			code = EX_IOERR;
		if (tidy_deps(c, &g.u) < 0 || (all && tidy_names(c, &g.u.tops) < 0) ||
		    (all && tidy_refs(c) < 0) || (all && tidy_debs(c) < 0))
			code = EX_IOERR;
	}
	lock_drop(lock);
	used_free(&g.u);
	vec_free(&g.spare);
	free(g.why);
	return code;
}

static int
collect_and_empty(struct cmd *c, int all)
{
	int code = collect(c, all), got;

	if (!opt_dry && store_trash_empty(&c->store) < 0) {
		warn_sys("%s/trash", c->store.path);
		code = code ? code : EX_IOERR;
	}
	got = print(&c->out);
	return code ? code : got;
}

int
verb_gc(struct cmd *c)
{
	return collect_and_empty(c, 1);
}

int
verb_trim(struct cmd *c)
{
	return collect_and_empty(c, 0);
}

int
verb_used(struct cmd *c)
{
	int lock = lock_layers(c, LOCK_SHARED), code = 0;
	struct used u = { 0 };
	struct buf out = { 0 };
	struct blame b;
	size_t i;

	if (lock < 0)
		return err_code(errno);
	if (used_find(&c->store, &u, &b) < 0) {
		fail_name(c, &b);
		code = EX_SOFTWARE;
	}
	lock_drop(lock);
	for (i = 0; i < u.layers.len && !code; i++)
		if (u.layers.at[i].used && buf_printf(&out, "%s\n", u.layers.at[i].l.id) < 0)
			code = fail_sys(c, "layers");
	used_free(&u);
	if (!code)
		return print(&out);
	buf_free(&out);
	return code;
}
