#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "serve/log_walk.h"

/* The lines of n bytes at s.  Returns how many bytes they have; *said is what piece said. */
static size_t
lines(const char *s, size_t n, struct log_piece *p, int *said,
    int (*piece)(void *arg, const struct log_piece *p), void *arg)
{
	const char *at = s, *end;

	while (at < s + n && !*said) {
		end = memchr(at, '\n', (size_t)(s + n - at));
		if (!end)
			break;
		p->s = at;
		p->n = (size_t)(end - at);
		p->ends = 1;
		*said = piece(arg, p);
		p->offset += end + 1 - at;
		p->begins = 1;
		at = end + 1;
	}
	return (size_t)(at - s);
}

int
log_walk(int fd, int64_t from, int (*piece)(void *arg, const struct log_piece *p), void *arg)
{
	struct log_piece p = { .offset = from, .begins = 1 };
	char *buf = malloc(LOG_PIECE);
	size_t used;
	ssize_t n;
	int said = 0;

	if (!buf)
		return -1;
	while (!said) {
		n = pread(fd, buf, LOG_PIECE, p.offset);
		if (n <= 0) {
			said = n < 0 ? -1 : 0;
			break;
		}
		used = lines(buf, (size_t)n, &p, &said, piece, arg);
		if (used || said)
			continue;
		if (n < LOG_PIECE)
			break;
		/* A line that is longer. */
		p.s = buf;
		p.n = (size_t)n;
		p.ends = 0;
		said = piece(arg, &p);
		p.offset += n;
		p.begins = 0;
	}
	free(buf);
	return said;
}
