#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "unpack/walk.h"

int
walk_clean(const char *name, char *out, const char **why)
{
	char *start = out;
	size_t n;

	*why = *name == '/' ? "absolute name" : *name ? NULL : "empty name";
	for (; *name && !*why; name += n + !!name[n]) {
		n = strcspn(name, "/");
		if (n == 0 || (n == 1 && *name == '.'))
			continue;
		if (n == 2 && name[0] == '.' && name[1] == '.')
			*why = "name with \"..\"";
		if (out > start)
			*out++ = '/';
		memcpy(out, name, n);
		out += n;
	}
	*out = '\0';
	if (!*why)
		return 0;
	errno = EBADMSG;
	return -1;
}

static void
leave(struct walk *w, size_t depth)
{
	while (w->depth > depth)
		close(w->fd[--w->depth]);
}

/* How many of the open folders are on the way to path. */
static size_t
common(const struct walk *w, const char *path, size_t len)
{
	size_t i, at = 0;

	for (i = 0; i < w->depth; i++) {
		if (w->end[i] > len || memcmp(w->path + at, path + at,
		    w->end[i] - at) || (path[w->end[i]] != '/' &&
		    w->end[i] != len))
			break;
		at = w->end[i];
	}
	return i;
}

/* Opens one component, which is NUL-terminated for the moment. */
static int
enter(struct walk *w, const char *name, mode_t make)
{
	int flags = O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;
	int at = w->depth ? w->fd[w->depth - 1] : w->root, fd;

	if (w->depth == WALK_DEEPEST) {
		errno = EMLINK;
		return -1;
	}
	fd = openat(at, name, flags);
	if (fd < 0 && errno == ENOENT && make) {
		if (mkdirat(at, name, make) < 0 && errno != EEXIST)
			return -1;
		fd = openat(at, name, flags);
	}
	return fd;
}

int
walk_to(struct walk *w, const char *path, size_t len, mode_t make)
{
	size_t at, end;
	char *p;
	int fd;

	if (w->room < len + 1) {
		p = realloc(w->path, len + 256);
		if (!p)
			return -1;
		w->path = p;
		w->room = len + 256;
	}
	leave(w, common(w, path, len));
	at = w->depth ? w->end[w->depth - 1] : 0;
	memcpy(w->path + at, path + at, len - at);
	w->path[len] = '\0';
	for (; at < len; at = end) {
		at += w->path[at] == '/';
		end = at + strcspn(w->path + at, "/");
		w->path[end] = '\0';
		fd = enter(w, w->path + at, make);
		if (end < len)
			w->path[end] = '/';
		if (fd < 0)
			return -1;
		w->end[w->depth] = end;
		w->fd[w->depth++] = fd;
	}
	return w->depth ? w->fd[w->depth - 1] : w->root;
}

void
walk_reset(struct walk *w)
{
	leave(w, 0);
}

void
walk_free(struct walk *w)
{
	leave(w, 0);
	free(w->path);
	w->path = NULL;
	w->room = 0;
}
