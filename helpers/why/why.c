#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "plain.h"
#include "why/match.h"
#include "why/pick.h"

enum {
	ROOM = 1 << 16,
	SEEN = 1024,	/* bytes of a line that are looked at */
};

/* A log on its way through. */
struct scan {
	const struct matcher *matcher;
	struct pick pick;
	uint64_t line;
	char held[SEEN];	/* of the line that is not whole yet */
	size_t n;
	struct buf bare;	/* without what a terminal minds */
};

/* What the line says, as it is kept. */
static void
make_text(const char *s, size_t n, char text[WHY_TEXT])
{
	size_t len = n < WHY_TEXT - 4 ? n : WHY_TEXT - 4, i;

	/* Not in the middle of a character. */
	if (len < n)
		while (len && ((unsigned char)s[len] & 0xc0) == 0x80)
			len--;
	for (i = 0; i < len; i++)
		text[i] = s[i] == '\t' ? ' ' : s[i] ? s[i] : '?';
	text[len] = '\0';
	plain_urls(text);
	plain_line(text);
	if (len < n)
		strcat(text, "...");
}

/* Escape sequences, which compilers have in the middle of their words, go. */
static int
make_bare(struct scan *c, const char **s, size_t *n)
{
	struct plain p = { .bare = 1 };

	c->bare.len = 0;
	if (buf_puts(&c->bare, "") < 0 || plain_put(&p, *s, *n, &c->bare) < 0 ||
	    plain_end(&p, &c->bare) < 0)
		return -1;
	*s = c->bare.s;
	*n = c->bare.len < SEEN ? c->bare.len : SEEN;
	return 0;
}

/* One line, or what was written over by the rest of it. */
static int
consider(struct scan *c)
{
	const struct why_rule *rule;
	char text[WHY_TEXT];
	const char *s = c->held;
	size_t n = c->n;

	c->n = 0;
	if (memchr(s, '\033', n) && make_bare(c, &s, &n) < 0)
		return -1;
	while (n && (s[n - 1] == ' ' || s[n - 1] == '\t' || s[n - 1] == '\n'))
		n--;
	if (!n)
		return 0;
	rule = matcher_rule(c->matcher, s, n);
	make_text(s, n, text);
	pick_line(&c->pick, c->line, text, rule);
	return 0;
}

static void
hold(struct scan *c, const char *s, size_t n)
{
	size_t room = SEEN - c->n;

	memcpy(c->held + c->n, s, n < room ? n : room);
	c->n += n < room ? n : room;
}

static int
feed(struct scan *c, const char *s, size_t n)
{
	const char *line, *cr, *end = s + n;

	while (s < end) {
		line = memchr(s, '\n', (size_t)(end - s));
		cr = memchr(s, '\r', (size_t)((line ? line : end) - s));
		if (!line && !cr) {
			hold(c, s, (size_t)(end - s));
			return 0;
		}
		hold(c, s, (size_t)((cr ? cr : line) - s));
		if (consider(c) < 0)
			return -1;
		c->line += !cr;
		s = (cr ? cr : line) + 1;
	}
	return 0;
}

static int
pass(struct scan *c, const char *s, size_t n)
{
	size_t i, lines = 0;

	for (i = 0; i < n; i++)
		lines += s[i] == '\n';
	c->line += lines;
	return 0;
}

/* Hands what the file has from *at to end to deed. */
static int
stretch(struct scan *c, int fd, off_t *at, off_t end,
    int (*deed)(struct scan *, const char *, size_t))
{
	char room[ROOM];
	ssize_t n;

	while (*at < end) {
		n = pread(fd, room, end - *at < ROOM ? (size_t)(end - *at) : ROOM, *at);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -1;
		if (!n)
			break;		/* it was cut off meanwhile */
		if (deed(c, room, (size_t)n) < 0)
			return -1;
		*at += n;
	}
	return 0;
}

static int
scan(struct scan *c, int fd)
{
	off_t at = 0, size;
	struct stat st;

	if (fstat(fd, &st) < 0)
		return -1;
	if (!S_ISREG(st.st_mode)) {
		errno = EINVAL;
		return -1;
	}
	size = st.st_size;
	c->line = 1;
	if (size > (off_t)WHY_HEAD + WHY_TAIL) {
		if (stretch(c, fd, &at, WHY_HEAD, feed) < 0)
			return -1;
		c->n = 0;	/* a line that is cut in two is not read */
		if (stretch(c, fd, &at, size - WHY_TAIL, pass) < 0)
			return -1;
	}
	if (stretch(c, fd, &at, size, feed) < 0)
		return -1;
	return consider(c);
}

int
why_find(int fd, const char *verdict, struct why *out)
{
	static struct matcher *matcher;
	struct scan c = { 0 };
	int r = -1, err;

	out->n = 0;
	if (!matcher)
		matcher = matcher_new();
	c.matcher = matcher;
	if (matcher)
		r = scan(&c, fd);
	if (r == 0)
		pick_end(&c.pick, verdict, out);
	err = errno;
	buf_free(&c.bare);
	errno = err;
	return r;
}

int
why_json(const struct why *w, const char *indent, struct buf *out)
{
	size_t i;

	if (buf_puts(out, "[") < 0)
		return -1;
	for (i = 0; i < w->n; i++)
		if (buf_printf(out, "%s\n%s  { \"line\": %ju, \"kind\": \"%s\", \"text\": ",
		    i ? "," : "", indent, (uintmax_t)w->at[i].line, w->at[i].kind) < 0 ||
		    buf_json(out, w->at[i].text) < 0 || buf_puts(out, " }") < 0)
			return -1;
	return w->n ? buf_printf(out, "\n%s]", indent) : buf_puts(out, "]");
}
