#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "err.h"
#include "eval/bundle.h"
#include "eval/names.h"
#include "eval/output.h"
#include "eval/tree.h"

/* Most of the time goes into asking the kernel for thousands of files, one after
 * the other.  So categories are read by several threads, each of which takes the
 * next one that nobody has. */
enum { THREADS = 4 };

struct category {
	struct buf lines, entries;
};

struct tree {
	const char *dir, *arch;
	int fd;
	struct index index;
	struct names names;	/* of the categories, */
	struct category *category;	/* and what came of each */
	atomic_size_t next, kept, read;	/* categories; bundles */
	atomic_int code;
};

struct worker {
	struct tree *t;
	struct bundle bundle;
	struct place place;
	struct buf shown;	/* what is at work */
	struct category *c;
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
	warn_sys("%s/%s", w->t->dir, w->shown.s);
	w->t->code = EX_NOINPUT;
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
	struct bundle *b = &w->bundle;
	int fd = open_folder(w, at, name), got;

	if (fd < 0)
		return;
	b->p.out.len = 0;
	got = bundle_read(b, fd, w->shown.s);
	close(fd);
	must(got);
	if (got == 0)
		return;
	w->t->read++;
	must(buf_put(&w->c->lines, b->p.out.s, b->p.out.len));
	must(index_put(&w->t->index, w->shown.s, &b->trail, &b->p.out,
	    &w->c->entries));
}

static void
read_category(struct worker *w, int fd, const char *shown)
{
	struct names l = { 0 };
	size_t i;
	int got;

	if (names_read(&l, fd, is_bundle, by_name) < 0)
		bad(w);
	for (i = 0; i < l.n; i++) {
		w->shown.len = 0;
		must(buf_puts(&w->shown, shown));
		must(buf_putc(&w->shown, '/'));
		must(buf_puts(&w->shown, l.v[i].shown));
		got = index_get(&w->place, w->shown.s, fd, l.v[i].raw,
		    &w->c->lines, &w->c->entries);
		must(got);
		if (got == 0)
			read_bundle(w, fd, l.v[i].raw);
		else
			w->t->kept++;
	}
	names_free(&l);
}

static void *
work(void *arg)
{
	struct worker *w = arg;
	struct tree *t = w->t;
	const struct name *name;
	size_t i;
	int fd;

	while ((i = t->next++) < t->names.n) {
		name = &t->names.v[i];
		w->c = &t->category[i];
		w->shown.len = 0;
		must(buf_puts(&w->shown, name->shown));
		fd = open_folder(w, t->fd, name->raw);
		if (fd < 0)
			continue;
		read_category(w, fd, name->shown);
		close(fd);
	}
	return NULL;
}

static void
worker_begin(struct worker *w, struct tree *t)
{
	*w = (struct worker){ .t = t };
	must(bundle_init(&w->bundle, t->arch));
	place_begin(&w->place, &t->index);
}

static void
worker_end(struct worker *w)
{
	bundle_free(&w->bundle);
	place_free(&w->place);
	buf_free(&w->shown);
}

/* How many threads are worth it; this one is the first. */
static size_t
workers(const struct tree *t)
{
	cpu_set_t set;
	size_t n = sched_getaffinity(0, sizeof(set), &set) == 0 ?
	    (size_t)CPU_COUNT(&set) : THREADS;	/* more than set can say */

	n = n < THREADS ? n : THREADS;
	return n < t->names.n ? n : t->names.n;
}

/* A thread that cannot be made is one less. */
static void
read_all(struct tree *t)
{
	struct worker w[THREADS];
	pthread_t thread[THREADS];
	size_t want = workers(t), n = 0, i;

	for (i = 0; i < want; i++)
		worker_begin(&w[i], t);
	while (n + 1 < want && !pthread_create(&thread[n], NULL, work, &w[n + 1]))
		n++;
	if (want)
		work(&w[0]);
	for (i = 0; i < n; i++)
		pthread_join(thread[i], NULL);
	for (i = 0; i < want; i++)
		worker_end(&w[i]);
}

static void
print(struct tree *t)
{
	struct category *c;

	for (c = t->category; c < t->category + t->names.n; c++) {
		output_flush(&c->lines, 1);
		if (t->index.file)
			must(index_add(&t->index, &c->entries));
		buf_free(&c->lines);
		buf_free(&c->entries);
	}
}

int
tree_print(const char *dir, const char *file, const char *arch)
{
	struct tree t = { .dir = dir, .arch = arch };
	char *real;

	t.fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	real = t.fd < 0 ? NULL : realpath(dir, NULL);
	if (!real)
		die_sys(EX_NOINPUT, "%s", dir);
	must(index_open(&t.index, file, real, arch));
	if (names_read(&t.names, t.fd, is_category, by_path) < 0)
		die_sys(EX_NOINPUT, "%s", dir);
	t.category = calloc(t.names.n + 1, sizeof(*t.category));
	must(t.category ? 0 : -1);
	read_all(&t);
	print(&t);
	note("%s: %zu bundles read, %zu out of the index", dir, (size_t)t.read,
	    (size_t)t.kept);
	if (index_write(&t.index) < 0)
		warn_sys("index %s: not written", file);
	close(t.fd);
	free(real);
	free(t.category);
	names_free(&t.names);
	index_free(&t.index);
	return t.code;
}
