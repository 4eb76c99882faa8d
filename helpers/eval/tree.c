#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "err.h"
#include "eval/parts.h"
#include "eval/names.h"
#include "eval/output.h"
#include "eval/tree.h"

/* Most of the time goes into asking the kernel for thousands of files, one after
 * the other.  So categories are read by several threads, each of which takes the
 * next one that nobody has.  There are more of them than processors: where nothing
 * is in memory yet, they wait for the disk, and it is the quicker the more it is
 * asked for at once. */
enum { THREADS = 8 };

struct reading {
	struct tree *tree;
	const char *dir, *arch;
	int fd;
	struct names names;	/* of the categories */
	atomic_size_t next, bundles;
	atomic_int code;
};

struct worker {
	struct reading *r;
	struct parts parts;
	struct buf shown;	/* what is at work */
	struct buf *lines;
};

static int
is_bundle(int dir, const struct dirent *e)
{
	return *e->d_name != '.' && names_folder(dir, e);
}

static int
is_category(int dir, const struct dirent *e)
{
	return strcmp(e->d_name, "groups") && is_bundle(dir, e);
}

/* By bytes, as if each had the slash behind it that its bundles have. */
static int
by_path(const void *a, const void *b)
{
	const char *s = ((const struct name *)a)->shown;
	const char *t = ((const struct name *)b)->shown;
	unsigned char c, d;

	while (*s && *s == *t)
		s++, t++;
	c = *s ? (unsigned char)*s : '/';
	d = *t ? (unsigned char)*t : '/';
	return (c > d) - (c < d);
}

static int
by_name(const void *a, const void *b)
{
	return strcmp(((const struct name *)a)->shown,
	    ((const struct name *)b)->shown);
}

static void
must(int got)
{
	if (got < 0)
		die_sys(EX_OSERR, "read the tree");
}

static void
bad(struct worker *w)
{
	warn_sys("%s/%s", w->r->dir, w->shown.s);
	w->r->code = EX_NOINPUT;
}

/* Opens a folder of the tree.  One that went away since it was listed, or became
 * something else, is none of the tree's.  Returns a descriptor, or -1. */
static int
open_folder(struct worker *w, int at, const char *name)
{
	int fd = openat(at, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);

	if (fd < 0 && errno != ENOENT && errno != ENOTDIR && errno != ELOOP)
		bad(w);
	return fd;
}

static void
read_bundle(struct worker *w, int at, const char *name)
{
	struct parts *b = &w->parts;
	int fd = open_folder(w, at, name), got;

	if (fd < 0)
		return;
	b->p.out.len = 0;
	got = parts_read(b, fd, w->shown.s);
	close(fd);
	must(got);
	if (got == 0)
		return;
	w->r->bundles++;
	must(buf_put(w->lines, b->p.out.s, b->p.out.len));
}

static void
read_category(struct worker *w, int fd, const char *shown)
{
	struct names l = { 0 };
	size_t i;

	if (names_read(&l, fd, is_bundle, by_name) < 0)
		bad(w);
	for (i = 0; i < l.n; i++) {
		w->shown.len = 0;
		must(buf_puts(&w->shown, shown));
		must(buf_putc(&w->shown, '/'));
		must(buf_puts(&w->shown, l.v[i].shown));
		read_bundle(w, fd, l.v[i].raw);
	}
	names_free(&l);
}

static void *
work(void *arg)
{
	struct worker *w = arg;
	struct reading *r = w->r;
	const struct name *name;
	size_t i;
	int fd;

	while ((i = r->next++) < r->names.n) {
		name = &r->names.v[i];
		w->lines = &r->tree->lines[i];
		w->shown.len = 0;
		must(buf_puts(&w->shown, name->shown));
		fd = open_folder(w, r->fd, name->raw);
		if (fd < 0)
			continue;
		read_category(w, fd, name->shown);
		close(fd);
	}
	return NULL;
}

/* Threads that cannot be made are so many less. */
static void
read_all(struct reading *r)
{
	struct worker w[THREADS];
	pthread_t thread[THREADS];
	size_t want = r->names.n < THREADS ? r->names.n : THREADS, n = 0, i;

	for (i = 0; i < want; i++) {
		w[i] = (struct worker){ .r = r };
		must(parts_init(&w[i].parts, r->arch));
	}
	while (n + 1 < want && !pthread_create(&thread[n], NULL, work, &w[n + 1]))
		n++;
	if (want)
		work(&w[0]);
	for (i = 0; i < n; i++)
		pthread_join(thread[i], NULL);
	for (i = 0; i < want; i++) {
		parts_free(&w[i].parts);
		buf_free(&w[i].shown);
	}
}

int
tree_read(struct tree *t, const char *dir, const char *arch)
{
	struct reading r = { .tree = t, .dir = dir, .arch = arch };

	*t = (struct tree){ 0 };
	r.fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (r.fd < 0 || names_read(&r.names, r.fd, is_category, by_path) < 0)
		die_sys(EX_NOINPUT, "%s", dir);
	t->n = r.names.n;
	t->lines = calloc(t->n + 1, sizeof(*t->lines));
	must(t->lines ? 0 : -1);
	read_all(&r);
	t->bundles = r.bundles;
	close(r.fd);
	names_free(&r.names);
	return r.code;
}

void
tree_free(struct tree *t)
{
	while (t->n)
		buf_free(&t->lines[--t->n]);
	free(t->lines);
	*t = (struct tree){ 0 };
}

int
tree_print(const char *dir, const char *arch)
{
	struct tree t;
	int code = tree_read(&t, dir, arch);
	size_t i;

	for (i = 0; i < t.n; i++)
		output_flush(&t.lines[i], 1);
	note("%s: %zu bundles", dir, t.bundles);
	tree_free(&t);
	return code;
}
