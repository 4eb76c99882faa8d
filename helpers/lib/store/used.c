#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "file.h"
#include "store/layer.h"

static const char cure_jobs[] = "\"aoinb cleanup jobs\" removes the jobs";
static const char cure_all[] = "\"aoinb cleanup all\" starts anew";

/* blame_set for what errno says. */
static int
sys(struct blame *b, const char *at)
{
	return blame_set(b, errno, at, NULL, "%s", "");
}

struct used_layer *
used_layer(const struct used *u, const char *id)
{
	size_t low = 0, high = u->layers.len, mid;
	int r;

	while (low < high) {
		mid = (low + high) / 2;
		r = strcmp(id, u->layers.at[mid].l.id);
		if (r == 0)
			return &u->layers.at[mid];
		if (r < 0)
			high = mid;
		else
			low = mid + 1;
	}
	return NULL;
}

/* Reads one layer.  A damaged one may not matter; what could not be read does. */
static int
read_layer(const struct store *s, struct used *u, const char *id, struct blame *b)
{
	struct used_layer one = { 0 };
	int r = layer_get(s, id, &one.l, b), bad = r < 0 ? errno : 0;

	if (bad == EBADMSG) {
		r = vec_push(&u->damaged, *b);
		one.damaged = u->damaged.len;
	}
	if (r == 0 && vec_push(&u->layers, one) == 0)
		return 0;
	layer_free(&one.l);
	if (bad == ENOENT)
		return 0;	/* a file, say */
	return bad && bad != EBADMSG ? -1 : sys(b, "layers");
}

/* What is in layers/.  What is in the making by somebody who lives goes into
 * making, and what by nobody into u->left. */
static int
read_layers(const struct store *s, struct used *u, struct ids *making, struct blame *b)
{
	char lock[STORE_NAME], *dot;
	struct ids names = { 0 };
	int r = ids_folder(s, "layers", 0, &names), held;
	size_t i;

	if (r < 0)
		sys(b, "layers");
	for (i = 0; i < names.len && r == 0; i++) {
		if (strncmp(names.at[i], "new.", 4)) {
			r = read_layer(s, u, names.at[i], b);
			continue;
		}
		snprintf(lock, sizeof(lock), "%s", names.at[i] + 4);
		dot = strrchr(lock, '.');
		if (dot)
			*dot = '\0';
		held = lock_held(s, lock, NULL);
		r = held < 0 ? -1 : ids_add(held ? making : &u->left, names.at[i]);
		if (r < 0)
			sys(b, names.at[i]);
	}
	ids_free(&names);
	return r;
}

/* Marks the whole stack of id, which the file at names. */
static int
mark(struct used *u, const char *id, const char *at, const char *cure, struct blame *b)
{
	char info[STORE_NAME + 16];
	struct used_layer *l;

	while (*id) {
		l = used_layer(u, id);
		if (!l)
			return blame_set(b, EBADMSG, at, cure,
			    "names the layer %s, which is not there", id);
		if (l->damaged) {
			*b = u->damaged.at[l->damaged - 1];
			errno = EBADMSG;
			return -1;
		}
		if (l->used)
			return 0;	/* and so is what it stands on */
		l->used = 1;
		snprintf(info, sizeof(info), "layers/%s/info", id);
		at = info;
		cure = cure_all;
		id = l->l.parent;
	}
	return 0;
}

/* Reads a ref; id is empty when there is none: it has just gone, or is about to
 * become one and half written. */
static int
read_ref(const struct store *s, const char *name, char id[STORE_NAME], struct blame *b)
{
	long pid;

	if (ref_get(s, name, id, b) == 0)
		return 0;
	*id = '\0';
	return errno == ENOENT || (errno == EBADMSG && ref_temporary(name, &pid)) ? 0 : -1;
}

int
used_tops(const struct store *s, struct ids *tops, struct blame *b)
{
	char name[STORE_NAME + 16], id[STORE_NAME];
	struct ids branches = { 0 };
	int r = ids_folder(s, "ref/instance", 1, &branches);
	size_t i;

	if (r < 0)
		sys(b, "ref/instance");
	for (i = 0; i < branches.len && r == 0; i++) {
		snprintf(name, sizeof(name), "instance/%s", branches.at[i]);
		r = read_ref(s, name, id, b);
		if (r == 0 && *id && (r = ids_add(tops, id)) < 0)
			sys(b, "ref/instance");
	}
	ids_free(&branches);
	return r;
}

/* The refs, and what is about to become one. */
static int
mark_refs(const struct store *s, struct used *u, struct blame *b)
{
	char id[STORE_NAME], at[STORE_NAME + 16];
	struct ids top = { 0 };
	int r = ids_folder(s, "ref", 1, &top);
	size_t i;

	if (r < 0)
		sys(b, "ref");
	if (r == 0 && u->layers.len && !ids_has(&top, "instance"))
		r = blame_set(b, EBADMSG, "ref/instance",
		    "make that folder to have all layers removed", "%s",
		    "is not there, though there are layers");
	for (i = 0; i < top.len && r == 0; i++) {
		if (strncmp(top.at[i], "baseos", 6))
			continue;
		snprintf(at, sizeof(at), "ref/%s", top.at[i]);
		r = read_ref(s, top.at[i], id, b);
		if (r == 0)
			r = mark(u, id, at, "\"aoinb load-baseos\" loads the base system anew", b);
	}
	ids_free(&top);
	if (r == 0)
		r = used_tops(s, &u->tops, b);
	for (i = 0; i < u->tops.len && r == 0; i++)
		r = mark(u, u->tops.at[i], "ref/instance",
		    "\"aoinb cleanup BRANCH\" removes the instance of its branch", b);
	return r;
}

/* Marks the layers that the file at, below work_dir, lists on one line.  It may be
 * missing when optional is 1, and empty as well when it is 2. */
static int
mark_list(const struct store *s, struct used *u, const char *at, int optional,
    struct blame *b)
{
	struct buf text = { 0 };
	char *id, *rest;
	size_t n = 0;
	int r = 0;

	if (file_get(s->dir, at, STORE_TEXT, &text) < 0) {
		if (errno != ENOENT)
			return sys(b, at);
		return optional ? 0 :
		    blame_set(b, EBADMSG, at, cure_jobs, "%s", "is missing");
	}
	if (!text.len && optional == 2)
		return 0;
	if (text.len && strcspn(text.s, "\n") == text.len - 1)
		for (id = strtok_r(text.s, " \n", &rest); id && r == 0; n++) {
			r = mark(u, id, at, cure_jobs, b);
			id = strtok_r(NULL, " \n", &rest);
		}
	if (n == 0)
		r = blame_set(b, EBADMSG, at, cure_jobs, "%s", "is torn");
	buf_free(&text);
	return r;
}

/* Whether path below work_dir is a folder: 1 or 0, or -1 with errno set. */
static int
is_folder(const struct store *s, const char *path)
{
	struct stat st;

	if (fstatat(s->dir, path, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return errno == ENOENT ? 0 : -1;
	return S_ISDIR(st.st_mode);
}

/* Not to know what a workspace stands on is no failure when it goes just now.
 * Returns 0, or -1 with errno and b as they were. */
static int
still_kept(const struct store *s, const char *id, const struct blame *b)
{
	char at[2 * STORE_NAME];
	int err = errno;

	snprintf(at, sizeof(at), "jobs/%s/upper", id);
	if (err == EBADMSG && *b->why && is_folder(s, at) == 0)
		return 0;
	errno = err;
	return -1;
}

/* A job that runs may not stand on anything yet.  What it leaves is kept for its
 * workspace only. */
static int
mark_job(const struct store *s, struct used *u, const char *id, struct blame *b)
{
	char at[2 * STORE_NAME];
	int running, kept;

	snprintf(at, sizeof(at), "jobs/%s", id);
	kept = is_folder(s, at);
	if (kept == 0)
		return 0;
	running = kept < 0 ? -1 : lock_held(s, "job", id);
	snprintf(at, sizeof(at), "jobs/%s/upper", id);
	kept = running < 0 ? -1 : is_folder(s, at);
	if (kept < 0)
		return sys(b, at);
	if (!running && !kept)
		return 0;
	snprintf(at, sizeof(at), "jobs/%s/stack", id);
	if (mark_list(s, u, at, kept ? 0 : 2, b) < 0)
		return running ? -1 : still_kept(s, id, b);
	snprintf(at, sizeof(at), "jobs/%s/stack.deps", id);
	return mark_list(s, u, at, 1, b);
}

static int
mark_jobs(const struct store *s, struct used *u, struct blame *b)
{
	struct ids jobs = { 0 };
	int r = ids_folder(s, "jobs", 1, &jobs);
	size_t i;

	if (r < 0)
		sys(b, "jobs");
	for (i = 0; i < jobs.len && r == 0; i++)
		r = mark_job(s, u, jobs.at[i], b);
	ids_free(&jobs);
	return r;
}

/* Layers in the making.  One that a job makes stands on what the job does. */
static int
mark_making(const struct store *s, struct used *u, const struct ids *making,
    struct blame *b)
{
	char at[2 * STORE_NAME];
	size_t i;
	int held;

	for (i = 0; i < making->len; i++) {
		snprintf(at, sizeof(at), "layers/%s/stack", making->at[i]);
		if (mark_list(s, u, at, 1, b) < 0)
			return -1;
	}
	held = lock_held(s, "names", NULL);
	if (held < 0)
		return sys(b, "lock/names");
	return held ? mark_list(s, u, "cache/names/new/stack", 1, b) : 0;
}

/* The lock that is held while a layer like l is made: its class, or NULL. */
static const char *
maker_of(const struct layer *l, const char **name)
{
	*name = NULL;
	if (!strcmp(l->kind, "base"))
		return "baseos";
	*name = layer_value(l, strcmp(l->kind, "deps") ? "branch" : "key");
	if (!*name || !store_name_ok(*name))
		return NULL;
	return strcmp(l->kind, "deps") ? "instance" : "deps";
}

/* A layer has its name before a ref or a job names it.  Meanwhile its maker holds
 * the lock that it was made under. */
static int
mark_new(const struct store *s, struct used *u, struct blame *b)
{
	char at[2 * STORE_NAME];
	const char *class, *name;
	struct used_layer *l;
	size_t i;
	int held;

	for (i = 0; i < u->layers.len; i++) {
		l = &u->layers.at[i];
		class = l->used || l->damaged ? NULL : maker_of(&l->l, &name);
		if (!class)
			continue;
		snprintf(at, sizeof(at), "layers/%s", l->l.id);
		held = lock_held(s, class, name);
		if (held < 0)
			return sys(b, at);
		if (held && mark(u, l->l.id, at, cure_all, b) < 0)
			return -1;
	}
	return 0;
}

/* A layer that stands on a damaged one is kept: who knows what that stood on. */
static void
mark_kept(struct used *u)
{
	struct used_layer *l, *at;
	size_t i, depth;

	for (i = 0; i < u->layers.len; i++) {
		l = at = &u->layers.at[i];
		for (depth = 0; at && !at->damaged && depth <= u->layers.len; depth++)
			at = *at->l.parent ? used_layer(u, at->l.parent) : NULL;
		l->kept = at != NULL;
	}
}

int
used_find(const struct store *s, struct used *u, struct blame *b)
{
	struct ids making = { 0 };
	int r = read_layers(s, u, &making, b);

	if (r == 0)
		r = mark_refs(s, u, b);
	if (r == 0)
		r = mark_jobs(s, u, b);
	if (r == 0)
		r = mark_making(s, u, &making, b);
	if (r == 0)
		r = mark_new(s, u, b);
	if (r == 0)
		mark_kept(u);
	ids_free(&making);
	return r;
}

void
used_free(struct used *u)
{
	size_t i;

	for (i = 0; i < u->layers.len; i++)
		layer_free(&u->layers.at[i].l);
	vec_free(&u->layers);
	vec_free(&u->damaged);
	ids_free(&u->left);
	ids_free(&u->tops);
}
