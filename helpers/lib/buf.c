#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "buf.h"

static int
grow(struct buf *b, size_t more)
{
	size_t want, room = b->room ? b->room : 64;
	char *s;

	if (__builtin_add_overflow(b->len, more, &want) ||
	    __builtin_add_overflow(want, 1, &want)) {
		errno = ENOMEM;
		return -1;
	}
	if (want <= b->room)
		return 0;
	while (room < want && room <= (size_t)-1 / 2)
		room *= 2;
	if (room < want)
		room = want;
	s = realloc(b->s, room);
	if (!s)
		return -1;
	b->s = s;
	b->room = room;
	return 0;
}

int
buf_put(struct buf *b, const char *s, size_t len)
{
	if (grow(b, len) < 0)
		return -1;
	if (len)
		memcpy(b->s + b->len, s, len);
	b->len += len;
	b->s[b->len] = '\0';
	return 0;
}

int
buf_puts(struct buf *b, const char *s)
{
	return buf_put(b, s, strlen(s));
}

int
buf_putc(struct buf *b, char c)
{
	return buf_put(b, &c, 1);
}

int
buf_printf(struct buf *b, const char *fmt, ...)
{
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(NULL, 0, fmt, ap);
	va_end(ap);
	if (n < 0 || grow(b, (size_t)n) < 0)
		return -1;
	va_start(ap, fmt);
	vsnprintf(b->s + b->len, (size_t)n + 1, fmt, ap);
	va_end(ap);
	b->len += (size_t)n;
	return 0;
}

int
buf_shell(struct buf *b, const char *s)
{
	static const char safe[] =
	    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
	    "0123456789_-+./:,@%=";
	size_t n;

	/* A leading '=' or '%' is safe in sh, but not in every shell. */
	if (*s && *s != '=' && *s != '%' && !s[strspn(s, safe)])
		return buf_puts(b, s);
	if (buf_putc(b, '\'') < 0)
		return -1;
	for (; *s; s += n) {
		n = strcspn(s, "'");
		if (n && buf_put(b, s, n) < 0)
			return -1;
		if (!n) {
			if (buf_puts(b, "'\\''") < 0)
				return -1;
			n = 1;
		}
	}
	return buf_putc(b, '\'');
}

/* How many bytes the UTF-8 character at s has; 0 when it is not one. */
static size_t
utf8_len(const unsigned char *s)
{
	size_t i, n;
	unsigned long c;

	if (s[0] < 0x80)
		return 1;
	n = s[0] >= 0xf0 && s[0] < 0xf5 ? 4 : s[0] >= 0xe0 ? 3 :
	    s[0] >= 0xc2 ? 2 : 0;
	if (!n || s[0] >= 0xf5)
		return 0;
	c = s[0] & (0xffU >> (n + 1));
	for (i = 1; i < n; i++) {
		if ((s[i] & 0xc0) != 0x80)
			return 0;
		c = c << 6 | (s[i] & 0x3f);
	}
	if ((n == 3 && c < 0x800) || (n == 4 && (c < 0x10000 || c > 0x10ffff)) ||
	    (c >= 0xd800 && c < 0xe000))
		return 0;
	return n;
}

int
buf_json(struct buf *b, const char *s)
{
	const char *at;
	size_t n;
	int bad;

	bad = buf_putc(b, '"');
	for (; *s && !bad; s += n) {
		n = utf8_len((const unsigned char *)s);
		if (!n) {
			n = 1;
			bad = buf_puts(b, "\xef\xbf\xbd");
		} else if ((at = strchr("\"\\", *s))) {
			bad = buf_putc(b, '\\') < 0 || buf_putc(b, *at) < 0;
		} else if ((unsigned char)*s < ' ') {
			bad = buf_printf(b, "\\u%04x", (unsigned char)*s);
		} else {
			bad = buf_put(b, s, n);
		}
	}
	return bad ? -1 : buf_putc(b, '"');
}

int
buf_read(struct buf *b, int fd, size_t max)
{
	ssize_t n;

	for (;;) {
		if (b->len > max) {
			errno = EFBIG;
			return -1;
		}
		if (grow(b, 65536) < 0)
			return -1;
		n = read(fd, b->s + b->len, 65536);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -1;
		if (n == 0)
			break;
		b->len += (size_t)n;
	}
	b->s[b->len] = '\0';
	return 0;
}

void
buf_free(struct buf *b)
{
	free(b->s);
	*b = (struct buf){ 0 };
}
