#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "unpack/fixup.h"
#include "unpack/meta.h"

struct late {
	char *path;
	size_t seq;
	int gone;
	struct entry e;
};

int
late_note(struct tree *t, const char *path, const struct entry *e)
{
	struct late *l;
	size_t i;

	/* Room grows at powers of two. */
	if (!(t->nlate & (t->nlate - 1))) {
		l = reallocarray(t->late, t->nlate ? t->nlate * 2 : 1,
		    sizeof(*l));
		if (!l)
			return -1;
		t->late = l;
	}
	l = t->late + t->nlate;
	*l = (struct late){ .path = strdup(path), .seq = t->nlate, .gone = !e };
	if (!l->path)
		return -1;
	t->nlate++;
	if (!e)
		return 0;
	l->e = *e;
	l->e.path = l->path;
	l->e.xattrs = NULL;
	l->e.nxattrs = 0;
	for (i = 0; i < e->nxattrs; i++)
		if (entry_xattr(&l->e, e->xattrs[i].name, e->xattrs[i].value,
		    e->xattrs[i].size) < 0)
			return -1;
	return 0;
}

/* What is inside comes before what it is in; the last word first. */
static int
compare(const void *va, const void *vb)
{
	const struct late *a = va, *b = vb;
	int c = strcmp(b->path, a->path);

	return c ? c : a->seq > b->seq ? -1 : 1;
}

static int
apply(struct tree *t, const struct late *l)
{
	const char *slash = strrchr(l->path, '/');
	int dir, fd, r, err;

	dir = walk_to(&t->walk, l->path,
	    slash ? (size_t)(slash - l->path) : 0, 0);
	if (dir < 0)
		return -1;
	fd = openat(dir, slash ? slash + 1 : *l->path ? l->path : ".",
	    O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0)
		return -1;
	r = meta_fd(t, fd, &l->e, 0);
	err = errno;
	close(fd);
	errno = err;
	return r;
}

int
late_apply(struct tree *t, const char **path)
{
	const struct late *l;

	if (t->nlate)
		qsort(t->late, t->nlate, sizeof(*t->late), compare);
	for (l = t->late; l < t->late + t->nlate; l++) {
		if (l->gone || (l > t->late && !strcmp(l->path, l[-1].path)))
			continue;
		*path = *l->path ? l->path : ".";
		if (apply(t, l) < 0)
			return -1;
	}
	return 0;
}

void
late_free(struct tree *t)
{
	size_t i;

	for (i = 0; i < t->nlate; i++) {
		entry_xattrs_free(&t->late[i].e);
		free(t->late[i].path);
	}
	free(t->late);
	t->late = NULL;
	t->nlate = 0;
}
