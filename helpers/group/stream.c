#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "buf.h"
#include "err.h"
#include "group/stream.h"
#include "plain.h"

/* Text, or what is left of a file. */
struct chunk {
	struct chunk *next;
	char *path;		/* of the file, seen from dir; NULL for text */
	int dir, file;		/* -1 before it is opened */
	int ended;		/* there is no more of the file */
	struct plain plain;
	struct buf text;	/* the text; or the piece that was read last */
	size_t at;		/* in text: what was written of it */
};

enum {
	PIECE = 4096,		/* what a pipe with room takes at once */
	PIECE_TTY = 256,	/* a terminal with room takes so much */
};

void
stream_begin(struct stream *s, int fd)
{
	char path[64];
	struct stat st;
	int anew = -1;

	*s = (struct stream){ .fd = fd, .piece = PIECE };
	if (fstat(fd, &st) < 0)
		return;
	if (S_ISCHR(st.st_mode))
		s->piece = PIECE_TTY;
	s->tty = isatty(fd);
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	if (S_ISFIFO(st.st_mode) || isatty(fd))
		anew = open(path, O_WRONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	if (anew >= 0)
		s->fd = anew;
}

static struct chunk *
add(struct stream *s)
{
	struct chunk *c = calloc(1, sizeof(*c));

	if (!c)
		die_sys(EX_OSERR, "output");
	c->file = -1;
	if (s->first)
		s->last->next = c;
	else
		s->first = c;
	s->last = c;
	return c;
}

void
stream_text(struct stream *s, const char *text, size_t len)
{
	if (s->error || !len)
		return;
	if (!s->first || s->last->path)
		add(s);
	if (buf_put(&s->last->text, text, len) < 0)
		die_sys(EX_OSERR, "output");
}

void
stream_file(struct stream *s, int dir, const char *path)
{
	struct chunk *c;

	if (s->error)
		return;
	c = add(s);
	c->plain.bare = plain_bare();
	c->dir = dir;
	c->path = strdup(path);
	if (!c->path)
		die_sys(EX_OSERR, "output");
}

static void
drop_first(struct stream *s)
{
	struct chunk *c = s->first;

	s->first = c->next;
	if (c->file >= 0)
		close(c->file);
	buf_free(&c->text);
	free(c->path);
	free(c);
}

void
stream_drop(struct stream *s)
{
	while (s->first)
		drop_first(s);
}

/* The next piece of a file.  Returns 0 when there is none. */
static int
refill(struct chunk *c, int tty)
{
	char piece[PIECE];
	ssize_t n;
	int r;

	if (!c->path || c->ended)
		return 0;
	if (c->file < 0)
		c->file = openat(c->dir, c->path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK |
		    O_CLOEXEC);
	n = c->file < 0 ? 0 : read(c->file, piece, sizeof(piece));
	c->ended = n <= 0;	/* a file of ours that cannot be read has ended */
	c->at = c->text.len = 0;
	if (!tty)
		r = n > 0 ? buf_put(&c->text, piece, (size_t)n) : 0;
	else if (n > 0)
		r = plain_put(&c->plain, piece, (size_t)n, &c->text);
	else
		r = plain_end(&c->plain, &c->text);
	if (r < 0)
		die_sys(EX_OSERR, "output");
	return 1;
}

/* Whether a write will not wait, or fails at once. */
static int
has_room(const struct stream *s)
{
	struct pollfd p = { s->fd, POLLOUT, 0 };

	return poll(&p, 1, 0) > 0;
}

void
stream_flush(struct stream *s)
{
	struct chunk *c;
	size_t left;
	ssize_t n;

	while ((c = s->first)) {
		left = c->text.len - c->at;
		if (!left) {
			if (!refill(c, s->tty))
				drop_first(s);
			continue;
		}
		if (!has_room(s))
			return;
		n = write(s->fd, c->text.s + c->at, left < s->piece ? left : s->piece);
		if (n >= 0) {
			c->at += (size_t)n;
		} else if (errno == EAGAIN) {
			return;
		} else if (errno != EINTR) {
			s->error = errno;
			stream_drop(s);
		}
	}
}
