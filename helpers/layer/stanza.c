#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "buf.h"
#include "file.h"
#include "layer/stanza.h"

enum {
	READ_SIZE = 256 << 10,
	STANZA_MOST = 16 << 20,	/* bytes */
};

struct reader {
	int fd;
	struct buf b;
	size_t at;		/* what lies before has been read */
	int end;		/* there is no more behind b */
};

int
words_add(struct words *w, const char *text)
{
	size_t n;

	while (*text) {
		text += strspn(text, " \t");
		n = strcspn(text, " \t\n");
		if (n && vec_push(w, (struct word){ text, n }) < 0)
			return -1;
		text += strcspn(text, "\n");
		text += *text == '\n';
	}
	return 0;
}

static int
compare(const void *a, const void *b)
{
	const struct word *v = a, *w = b;
	int r = memcmp(v->s, w->s, v->len < w->len ? v->len : w->len);

	return r ? r : (v->len > w->len) - (v->len < w->len);
}

void
words_sort(struct words *w)
{
	size_t i, n = 0;

	if (w->len)
		qsort(w->at, w->len, sizeof(*w->at), compare);
	for (i = 0; i < w->len; i++)
		if (n == 0 || compare(&w->at[n - 1], &w->at[i]))
			w->at[n++] = w->at[i];
	w->len = n;
}

/* More of the file, behind what is left to read.  Returns 0, or -1 with errno. */
static int
fill(struct reader *r)
{
	static char more[READ_SIZE];
	ssize_t n;

	if (r->at) {
		memmove(r->b.s, r->b.s + r->at, r->b.len - r->at);
		r->b.len -= r->at;
		r->at = 0;
	}
	if (r->b.len > STANZA_MOST) {
		errno = EFBIG;
		return -1;
	}
	do
		n = read(r->fd, more, sizeof(more));
	while (n < 0 && errno == EINTR);
	if (n < 0)
		return -1;
	r->end = n == 0;
	return buf_put(&r->b, more, (size_t)n);
}

/* The next stanza, without the newlines around it.  Returns 1, 0 at the end, or -1
 * with errno set. */
static int
next(struct reader *r, struct word *stanza)
{
	const char *s, *end;

	for (;;) {
		while (r->at < r->b.len && r->b.s[r->at] == '\n')
			r->at++;
		s = r->b.s + r->at;
		end = r->at < r->b.len ? memmem(s, r->b.len - r->at, "\n\n", 2) : NULL;
		if (end || r->end)
			break;
		if (fill(r) < 0)
			return -1;
	}
	if (r->at == r->b.len)
		return 0;
	if (!end)
		end = r->b.s + r->b.len - (r->b.s[r->b.len - 1] == '\n');
	*stanza = (struct word){ s, (size_t)(end - s) };
	r->at += stanza->len;
	return 1;
}

/* What follows "Package: " or "Provides: " in a line, or NULL. */
static const char *
names_in(const char *line, size_t len)
{
	if (len > 9 && !memcmp(line, "Package: ", 9))
		return line + 9;
	return len > 10 && !memcmp(line, "Provides: ", 10) ? line + 10 : NULL;
}

int
line_words(const char *line, size_t len, int (*add)(void *ctx, const char *s, size_t n),
    void *ctx)
{
	const char *s = names_in(line, len), *end = line + len, *from;
	int r = 0;

	while (s && s < end && r == 0) {
		from = s;
		while (s < end && *s != ' ' && *s != ',')
			s++;
		if (s > from)
			r = add(ctx, from, (size_t)(s - from));
		s++;
	}
	return r;
}

static int
is_among(void *ctx, const char *s, size_t n)
{
	const struct words *names = ctx;
	struct word key = { s, n };

	return names->len &&
	    bsearch(&key, names->at, names->len, sizeof(*names->at), compare);
}

/* Whether a line of the stanza has one of names. */
static int
matters(const struct word *stanza, struct words *names)
{
	const char *line = stanza->s, *end = line + stanza->len, *eol;

	for (; line < end; line = eol + 1) {
		eol = memchr(line, '\n', (size_t)(end - line));
		if (!eol)
			eol = end;
		if (*line == 'P' && line_words(line, (size_t)(eol - line), is_among, names))
			return 1;
	}
	return 0;
}

static int
add_all(struct reader *r, const struct words *names, struct digest *d)
{
	struct words among = *names;
	struct word stanza;
	int got;

	while ((got = next(r, &stanza)) > 0)
		if (matters(&stanza, &among) &&
		    (digest_add(d, stanza.s, stanza.len) < 0 || digest_add(d, "\n", 1) < 0))
			return -1;
	return got;
}

int
stanza_digest(const char *path, const struct words *names, char hex[DIGEST_HEX])
{
	struct reader r = { .fd = -1, .end = 1 };
	struct digest *d = digest_new(digest_algo("sha256", 6));
	int got = d ? 0 : -1, err;

	if (d && path) {
		r.fd = open(path, O_RDONLY | O_CLOEXEC);
		r.end = r.fd < 0;
		if (r.fd < 0 && errno != ENOENT)
			got = -1;
	}
	if (got == 0)
		got = add_all(&r, names, d);
	if (got == 0)
		got = digest_hex(d, hex);
	err = errno;
	digest_free(d);
	close_keep(r.fd);
	buf_free(&r.b);
	errno = err;
	return got;
}
