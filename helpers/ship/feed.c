#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "buf.h"
#include "file.h"
#include "ship/feed.h"

enum { PIECE = 64 << 10, TAIL = 1 << 20, SPARE = 4096 };

static int
note_source(struct feed *f)
{
	char line[1300];
	int n = snprintf(line, sizeof(line), "%s %" PRId64 " %s\n", *f->source ? f->source : "-",
	    f->start, *f->last ? f->last : "-");

	return file_put(f->folder, "feed", line, (size_t)n);
}

int
feed_open(struct feed *f, int folder, int work_dir, int64_t most)
{
	struct buf b = { 0 };

	*f = (struct feed){ .folder = folder, .work_dir = work_dir, .most = most };
	f->fd = openat(folder, "log", O_RDWR | O_CREAT | O_APPEND | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (f->fd < 0)
		return -1;
	if (file_get(folder, "feed", 4096, &b) == 0 && b.len &&
	    sscanf(b.s, "%599s %" SCNd64 " %599s", f->source, &f->start, f->last) != 3)
		*f->source = *f->last = '\0';
	if (!strcmp(f->source, "-"))
		*f->source = '\0';
	buf_free(&b);
	return 0;
}

void
feed_close(struct feed *f)
{
	close_keep(f->fd);
	f->fd = -1;
}

static int64_t
size_of(int fd)
{
	struct stat st;

	return fstat(fd, &st) < 0 ? -1 : st.st_size;
}

/* Copies up to most bytes of fd from there on.  Returns how many, or -1. */
static int64_t
copy(struct feed *f, int fd, int64_t from, int64_t most)
{
	int64_t done = 0;
	char *s = malloc(PIECE);
	ssize_t n = s ? 1 : -1;

	while (done < most && n > 0) {
		n = pread(fd, s, most - done < PIECE ? (size_t)(most - done) : PIECE, from + done);
		if (n > 0 && file_write(f->fd, s, (size_t)n) < 0)
			n = -1;
		if (n > 0)
			done += n;
	}
	free(s);
	return n < 0 ? -1 : done;
}

static int64_t
tail_size(const struct feed *f)
{
	return f->most / 4 < TAIL ? f->most / 4 : TAIL;
}

/* The end of a source that was too long for the log. */
static int
add_tail(struct feed *f, int fd, int64_t from)
{
	int64_t left = size_of(fd) - from, room = f->most - size_of(f->fd) - SPARE / 2;
	char line[200];
	int n;

	if (left <= 0 || room <= 0)
		return 0;
	if (left > room) {
		n = snprintf(line, sizeof(line), "\naoinb: %" PRId64 " bytes are left out here: the "
		    "server takes no longer log\n", left - room);
		if (file_write(f->fd, line, (size_t)n) < 0)
			return -1;
		from += left - room;
		left = room;
	}
	return copy(f, fd, from, left) < 0 ? -1 : 0;
}

/* What the source has more, as far as the log has room for it. */
static int
more(struct feed *f, int ended)
{
	int fd = openat(f->work_dir, f->source, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC), r = 0;
	int64_t size = size_of(f->fd), at = size - f->start, room;
	struct stat st;

	if (fd < 0)
		return errno == ENOENT ? 0 : -1;
	if (fstat(fd, &st) < 0 || !S_ISREG(st.st_mode)) {
		close(fd);
		return 0;
	}
	if (st.st_size < at) {	/* it was begun anew */
		f->start = size;
		at = 0;
		r = note_source(f);
	}
	room = f->most - tail_size(f) - SPARE - size;
	if (r == 0 && room > 0)
		r = copy(f, fd, at, room) < 0 ? -1 : 0;
	if (r == 0 && ended)
		r = add_tail(f, fd, size_of(f->fd) - f->start);
	close_keep(fd);
	return r;
}

int
feed_take(struct feed *f, const char *path)
{
	int ended = !path || strcmp(path, f->source);

	if (*f->source && more(f, ended) < 0)
		return -1;
	if (!ended || (!path && !*f->source))
		return 0;
	snprintf(f->source, sizeof(f->source), "%s", path ? path : "");
	if (path)
		snprintf(f->last, sizeof(f->last), "%s", path);
	f->start = size_of(f->fd);
	return note_source(f) < 0 || (path && more(f, 0) < 0) ? -1 : 0;
}

int
feed_say(struct feed *f, const char *fmt, ...)
{
	struct buf b = { 0 };
	char last = '\n', text[1000];
	int64_t size;
	va_list ap;
	int r;

	if (feed_take(f, NULL) < 0)
		return -1;
	size = size_of(f->fd);
	if (size > 0 && pread(f->fd, &last, 1, size - 1) != 1)
		return -1;
	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	r = size + (int64_t)sizeof(text) > f->most ? 0 : buf_printf(&b, "%saoinb: %s\n",
	    last == '\n' ? "" : "\n", text) < 0 || file_write(f->fd, b.s, b.len) < 0 ? -1 : 0;
	buf_free(&b);
	return r;
}
