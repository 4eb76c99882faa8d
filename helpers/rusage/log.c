#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "rusage/log.h"

#define HELPING (256 * 1024)	/* a read; so limits are looked at in between */
#define PIPE (1024 * 1024)	/* what PROG may be ahead of us */
#define FEW (64 * 1024)		/* not worth to be woken for again at once */
#define NAP_US 500
#define TAIL (1024 * 1024)	/* the end of a log that is too long */

int
log_begin(struct log *l, int file, uint64_t max)
{
	int p[2];

	*l = (struct log){ .file = file, .in = -1, .out = -1, .head = UINT64_MAX,
	    .room = TAIL, .ends_line = 1 };
	if (file < 0)
		return 0;
	if (max && max / 4 < TAIL)
		l->room = max / 4 ? max / 4 : 1;
	if (max)
		l->head = max > l->room ? max - l->room : 0;
	l->buf = malloc(HELPING);
	l->tail = malloc(l->room);
	if (!l->buf || !l->tail || pipe2(p, O_CLOEXEC) < 0)
		return -1;
	l->in = p[0];
	l->out = p[1];
	fcntl(l->out, F_SETPIPE_SZ, PIPE);	/* else it has 64 KiB */
	/* By name (/dev/stdout) it is opened anew, by whoever the build is then. */
	return fchmod(l->out, 0222) < 0 ||
	    fcntl(l->in, F_SETFL, O_NONBLOCK) < 0 ? -1 : 0;
}

void
log_started(struct log *l)
{
	if (l->out >= 0)
		close(l->out);
	l->out = -1;
}

/* Adds to the file.  Returns how much of it got there. */
static size_t
put(struct log *l, const char *s, size_t len)
{
	size_t done = 0;
	ssize_t n = 0;

	while (done < len && n >= 0) {
		n = write(l->file, s + done, len - done);
		if (n > 0)
			done += (size_t)n;
		else if (n < 0 && errno == EINTR)
			n = 0;
	}
	if (done)
		l->ends_line = s[done - 1] == '\n';
	if (done < len && !l->err)
		l->err = errno;
	return done;
}

/* A line of our own, on a line of its own. */
__attribute__((format(printf, 2, 3)))
static void
put_line(struct log *l, const char *fmt, ...)
{
	char s[200];
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(s + 1, sizeof(s) - 1, fmt, ap);
	va_end(ap);
	s[0] = '\n';
	put(l, s + l->ends_line, (size_t)n + !l->ends_line);
}

static void
put_tail(struct log *l, const char *s, size_t len)
{
	size_t at, n;

	if (!l->over && len && !l->err)
		put_line(l, "aoinb-rusage: the log is as long as it may be; of what "
		    "follows the last %zu bytes are kept\n", l->room);
	for (; len; len -= n, s += n, l->over += n) {
		at = l->over % l->room;
		n = l->room - at < len ? l->room - at : len;
		memcpy(l->tail + at, s, n);
	}
}

static void
take(struct log *l, size_t len)
{
	uint64_t left = l->over ? 0 : l->head - l->said;
	size_t n = len < left ? len : (size_t)left, done = put(l, l->buf, n);

	put_tail(l, l->buf + done, len - done);
	l->said += len;
}

int
log_copy(struct log *l)
{
	ssize_t n = l->in < 0 ? 0 : read(l->in, l->buf, HELPING);

	if (n > 0)
		take(l, (size_t)n);
	/* Who prints much does so a page at a time: he is let run on meanwhile. */
	if (n > 0 && n < FEW && l->out < 0)
		usleep(NAP_US);
	return n > 0 || (n < 0 && (errno == EAGAIN || errno == EINTR));
}

/* The tail without what is left of its first line, which is as good as missing. */
static uint64_t
add_tail(struct log *l)
{
	uint64_t missing = l->over > l->room ? l->over - l->room : 0;
	size_t at = missing ? l->over % l->room : 0;
	size_t len = missing ? l->room : (size_t)l->over, skip = 0, from, n = 1;

	if (missing) {
		while (skip < len && l->tail[(at + skip) % l->room] != '\n')
			skip++;
		skip = skip + 1 < len ? skip + 1 : 0;
		missing += skip;
		put_line(l, "aoinb-rusage: %" PRIu64 " bytes are left out here\n",
		    missing);
	}
	for (; skip < len && n; skip += n) {
		from = (at + skip) % l->room;
		n = l->room - from < len - skip ? l->room - from : len - skip;
		n = put(l, l->tail + from, n);
	}
	return missing + (len - skip);
}

uint64_t
log_end(struct log *l)
{
	int helpings = 8;	/* whoever still writes is not ours */

	if (l->file < 0)
		return 0;
	while (helpings-- > 0 && log_copy(l))
		;
	return l->over ? add_tail(l) : 0;
}
