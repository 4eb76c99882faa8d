#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "file.h"
#include "unpack/fixup.h"

struct fixup {
	char *path;
	size_t seq;
	int gone;
	struct entry e;
};

int
fixup_note(struct fixups *f, const char *path, const struct entry *e)
{
	struct fixup *x;
	size_t i;

	if (vec_room(&f->all) < 0)
		return -1;
	x = f->all.at + f->all.len;
	*x = (struct fixup){ .path = strdup(path), .seq = f->all.len, .gone = !e };
	if (!x->path)
		return -1;
	f->all.len++;
	if (!e)
		return 0;
	x->e = *e;
	x->e.path = x->path;
	x->e.xattrs = NULL;
	x->e.nxattrs = 0;
	for (i = 0; i < e->nxattrs; i++)
		if (entry_xattr(&x->e, e->xattrs[i].name, e->xattrs[i].value,
		    e->xattrs[i].size) < 0)
			return -1;
	return 0;
}

/* What is inside comes before what it is in; the last word first. */
static int
compare(const void *va, const void *vb)
{
	const struct fixup *a = va, *b = vb;
	int c = strcmp(b->path, a->path);

	return c ? c : a->seq > b->seq ? -1 : 1;
}

static int
apply(const struct fixup *x, struct walk *w, struct meta *m)
{
	const char *slash = strrchr(x->path, '/');
	int dir, fd, r;

	dir = walk_to(w, x->path, slash ? (size_t)(slash - x->path) : 0, 0);
	if (dir < 0)
		return -1;
	fd = openat(dir, slash ? slash + 1 : *x->path ? x->path : ".",
	    O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0)
		return -1;
	r = meta_fd(m, fd, &x->e, 0);
	close_keep(fd);
	return r;
}

int
fixup_apply(struct fixups *f, struct walk *w, struct meta *m,
    const char **path)
{
	const struct fixup *x, *all = f->all.at;

	if (f->all.len)
		qsort(f->all.at, f->all.len, sizeof(*f->all.at), compare);
	for (x = all; x < all + f->all.len; x++) {
		if (x->gone || (x > all && !strcmp(x->path, x[-1].path)))
			continue;
		*path = *x->path ? x->path : ".";
		if (apply(x, w, m) < 0)
			return -1;
	}
	return 0;
}

void
fixup_free(struct fixups *f)
{
	size_t i;

	for (i = 0; i < f->all.len; i++) {
		entry_xattrs_free(&f->all.at[i].e);
		free(f->all.at[i].path);
	}
	vec_free(&f->all);
}
