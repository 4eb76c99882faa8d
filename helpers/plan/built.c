#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "err.h"
#include "plan/built.h"
#include "store/built.h"
#include "store/bundle.h"

/* Files are read by several threads, more than there may be processors, as those of
 * the tree are. */
enum { THREADS = 4 };

struct look {
	struct plan *p;
	int output;		/* the folder of the branch's packages */
	const char **path;	/* of the folders of units, from the number first on */
	uint32_t first, n;
	atomic_uint next;
};

/* A version without its epoch, which stands in no file's name. */
static const char *
without_epoch(const char *version)
{
	size_t n = strspn(version, "0123456789");

	return n && version[n] == ':' ? version + n + 1 : version;
}

static int
has_packages(int output, const struct built *b)
{
	struct stat st;
	size_t i;

	for (i = 0; i < b->n; i++)
		if (fstatat(output, b->packages[i], &st, AT_SYMLINK_NOFOLLOW) < 0 ||
		    !S_ISREG(st.st_mode))
			return 0;
	return b->n > 0;
}

static int
is_same_bundle(const char *path, const char *digest)
{
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC), got;
	char now[BUNDLE_HEX];

	got = fd < 0 ? -1 : bundle_digest(fd, now);
	if (got < 0)
		warn_msg("bundle %s: %s; it counts as not built", path,
		    bundle_error(errno) ? bundle_error(errno) : strerror(errno));
	if (fd >= 0)
		close(fd);
	return got == 0 && !strcmp(now, digest);
}

static int
is_built(const struct look *l, const struct planned *u, const char *path)
{
	const struct plan *p = l->p;
	const struct folder *f = &p->folders.at[u->folder];
	struct built b;
	int is;

	if (built_read_newest(&p->store, p->branch, f->unit, path, &b) < 0) {
		if (errno != ENOENT && errno != ENOTDIR)
			warn_msg("built/%s: the record of %s is damaged; "
			    "it counts as not built", p->branch, f->unit);
		return 0;
	}
	is = !strcmp(*b.modifiers ? b.modifiers : "-", u->modifiers) &&
	    (!f->version ||
	    !strcmp(without_epoch(b.version), without_epoch(f->version))) &&
	    has_packages(l->output, &b) && is_same_bundle(path, b.bundle);
	built_free(&b);
	return is;
}

static void *
work(void *arg)
{
	struct look *l = arg;
	struct planned *u;
	uint32_t i;

	while ((i = l->next++) < l->n) {
		u = &l->p->units.at[l->first + i];
		if ((u->joined || !l->p->rebuild) && is_built(l, u, l->path[i]))
			u->state = STATE_BUILT;
	}
	return NULL;
}

void
built_look(struct plan *p, uint32_t first)
{
	struct look l = { .p = p, .first = first };
	pthread_t thread[THREADS];
	VEC(const char *) path = { 0 };
	struct buf output = { 0 };
	size_t n = 0, i;

	plan_must(buf_printf(&output, "output/%s", p->branch));
	l.output = p->store.dir < 0 ? -1 : openat(p->store.dir, output.s,
	    O_PATH | O_DIRECTORY | O_CLOEXEC);
	buf_free(&output);
	if (l.output < 0)
		return;
	for (i = first; i < p->units.len; i++)
		plan_must(vec_push(&path, plan_path(p,
		    &p->folders.at[p->units.at[i].folder])));
	l.path = path.at;
	l.n = (uint32_t)path.len;
	while (n + 1 < THREADS && n + 1 < l.n &&
	    !pthread_create(&thread[n], NULL, work, &l))
		n++;
	work(&l);
	for (i = 0; i < n; i++)
		pthread_join(thread[i], NULL);
	vec_free(&path);
	close(l.output);
}
