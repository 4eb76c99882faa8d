#include <stdlib.h>
#include <string.h>

#include "plain.h"

void
plain_urls(char *text)
{
	char *at, *end, *host;

	while ((text = strstr(text, "://"))) {
		text += 3;
		end = text + strcspn(text, "/?# \t\r\n\"'<>");
		host = text;
		while ((at = memchr(host, '@', (size_t)(end - host))))
			host = at + 1;
		memmove(text, host, strlen(host) + 1);
	}
}

char *
plain_urls_copy(const char *text)
{
	char *copy = strdup(text);

	if (copy)
		plain_urls(copy);
	return copy;
}

int
plain_is(const char *plain, const char *url)
{
	char *copy = plain_urls_copy(url);
	int r = copy && !strcmp(plain, copy);

	free(copy);
	return r;
}

/* The bytes of a character that begins with c, or 0 when none does. */
static unsigned
utf8_length(unsigned char c)
{
	return c < 0x80 ? 1 : c >= 0xc2 && c <= 0xdf ? 2 : c >= 0xe0 && c <= 0xef ? 3 :
	    c >= 0xf0 && c <= 0xf4 ? 4 : 0;
}

/* Whether the n bytes at s, which is as many as its first says, are a character that
 * shows itself and does nothing else. */
static int
is_printed(const char *s, unsigned n)
{
	static const unsigned least[] = { 0, 0, 0x80, 0x800, 0x10000 };
	unsigned c = (unsigned char)s[0], i;

	if (n == 1)
		return c >= ' ' && c < 0x7f;
	c &= 0xff >> (n + 1);
	for (i = 1; i < n; i++) {
		if (((unsigned char)s[i] & 0xc0) != 0x80)
			return 0;
		c = c << 6 | ((unsigned char)s[i] & 0x3f);
	}
	return c >= least[n] && c >= 0xa0 && c <= 0x10ffff && (c < 0xd800 || c > 0xdfff) &&
	    (c < 0x202a || c > 0x202e) && (c < 0x2066 || c > 0x2069) &&
	    c != 0x200e && c != 0x200f && c != 0x061c;
}

/* One byte of text; held has those before it that belong to it. */
static int
put_text(struct plain *p, char c, struct buf *out)
{
	unsigned want;

	if (p->n && ((unsigned char)c & 0xc0) != 0x80) {	/* broken off */
		p->n = 0;
		if (buf_putc(out, '?') < 0)
			return -1;
	}
	if (!p->n && (c == '\n' || c == '\t'))
		return buf_putc(out, c);
	if (!p->n && c == '\033') {
		p->at = PLAIN_ESCAPE;
		return 0;
	}
	p->held[p->n++] = c;
	want = utf8_length((unsigned char)p->held[0]);
	if (p->n < want)
		return 0;
	p->n = 0;
	return want && is_printed(p->held, want) ? buf_put(out, p->held, want) :
	    buf_putc(out, '?');
}

/* One byte behind "ESC [": digits and separators, then what it does. */
static int
put_csi(struct plain *p, char c, struct buf *out)
{
	int sgr = c == 'm' && p->n < sizeof(p->held) &&
	    strspn(p->held, "0123456789;:") == p->n;

	if (c == '\033' || c == '\n') {		/* broken off */
		p->n = 0;
		p->at = c == '\n' ? PLAIN_TEXT : PLAIN_ESCAPE;
		return c == '\n' ? buf_putc(out, c) : 0;
	}
	if (c < '@' || c > '~') {
		if (p->n + 1 < sizeof(p->held)) {
			p->held[p->n++] = c;
			p->held[p->n] = '\0';
		} else {
			p->n = sizeof(p->held);		/* too long to be a colour */
		}
		return 0;
	}
	p->at = PLAIN_TEXT;
	if (sgr && !p->bare) {
		p->coloured = p->n && strcmp(p->held, "0");
		if (buf_puts(out, "\033[") < 0 || buf_put(out, p->held, p->n) < 0 ||
		    buf_putc(out, 'm') < 0)
			return -1;
	}
	p->n = 0;
	return 0;
}

static int
put_escape(struct plain *p, char c)
{
	p->n = 0;
	p->held[0] = '\0';
	if (c == '[')
		p->at = PLAIN_CSI;
	else if (c && strchr("]PX^_", c))	/* OSC, DCS, SOS, PM, APC */
		p->at = PLAIN_STRING;
	else if (c != '\033' && (c < ' ' || c > '/'))	/* those lead on */
		p->at = PLAIN_TEXT;
	return 0;
}

static int
put_byte(struct plain *p, char c, struct buf *out)
{
	switch (p->at) {
	case PLAIN_ESCAPE:
		return put_escape(p, c);
	case PLAIN_CSI:
		return put_csi(p, c, out);
	case PLAIN_STRING:
	case PLAIN_STRING_ESCAPE:
		/* To its end, or that of the line, lest an open one swallows a log. */
		if (c == '\007' || c == '\n' || (c == '\\' && p->at == PLAIN_STRING_ESCAPE))
			p->at = PLAIN_TEXT;
		else
			p->at = c == '\033' ? PLAIN_STRING_ESCAPE : PLAIN_STRING;
		return c == '\n' ? buf_putc(out, c) : 0;
	default:
		return put_text(p, c, out);
	}
}

int
plain_bare(void)
{
	const char *no = getenv("NO_COLOR");

	return no && *no;
}

int
plain_put(struct plain *p, const char *s, size_t n, struct buf *out)
{
	for (; n; s++, n--) {
		if (p->cr && *s != '\n' && *s != '\r' && put_byte(p, '\n', out) < 0)
			return -1;
		p->cr = *s == '\r';
		if (!p->cr && put_byte(p, *s, out) < 0)
			return -1;
	}
	return 0;
}

int
plain_end(struct plain *p, struct buf *out)
{
	int r = 0;

	if (p->at == PLAIN_TEXT && p->n)
		r = buf_putc(out, '?');
	if (r == 0 && p->cr)
		r = buf_putc(out, '\n');
	if (r == 0 && p->coloured)
		r = buf_puts(out, "\033[0m");
	*p = (struct plain){ .bare = p->bare };
	return r;
}

/* What does not show itself becomes a question mark, but for keep. */
static void
make_plain(char *text, char keep)
{
	char *to = text;
	unsigned n;

	while (*text) {
		n = utf8_length((unsigned char)*text);
		if (*text == keep || (n && strnlen(text, n) == n && is_printed(text, n))) {
			memmove(to, text, n);
			to += n;
			text += n;
		} else {
			*to++ = '?';
			text++;
		}
	}
	*to = '\0';
}

void
plain_line(char *text)
{
	make_plain(text, '\0');
}

void
plain_lines(char *text)
{
	make_plain(text, '\n');
}
