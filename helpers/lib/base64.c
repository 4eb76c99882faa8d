#include <errno.h>
#include <string.h>

#include "base64.h"

static const char digits[] =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

int
base64_put(struct buf *out, const void *s, size_t len)
{
	const unsigned char *p = s;
	unsigned int v;
	char four[4];
	size_t n;

	for (; len; p += n, len -= n) {
		n = len < 3 ? len : 3;
		v = (unsigned int)p[0] << 16 | (n > 1 ? (unsigned int)p[1] << 8 : 0) |
		    (n > 2 ? p[2] : 0);
		four[0] = digits[v >> 18];
		four[1] = digits[v >> 12 & 63];
		four[2] = n > 1 ? digits[v >> 6 & 63] : '=';
		four[3] = n > 2 ? digits[v & 63] : '=';
		if (buf_put(out, four, 4) < 0)
			return -1;
	}
	return 0;
}

static int
value(char c)
{
	const char *at = c ? strchr(digits, c) : NULL;

	return at ? (int)(at - digits) : c == '-' ? 62 : c == '_' ? 63 : -1;
}

int
base64_get(struct buf *out, const char *s, size_t len)
{
	unsigned int v = 0, bits = 0;
	size_t i, pad = 0, n = 0;
	int d;

	for (i = 0; i < len; i++) {
		if (s[i] && strchr(" \t\r\n", s[i]))
			continue;
		if (s[i] == '=') {
			pad++;
			continue;
		}
		d = pad ? -1 : value(s[i]);
		if (d < 0)
			goto bad;
		n++;
		v = v << 6 | (unsigned int)d;
		bits += 6;
		if (bits < 8)
			continue;
		bits -= 8;
		if (buf_putc(out, (char)(v >> bits & 255)) < 0)
			return -1;
	}
	/* Padding may be left out; what is there has to be right. */
	if (n % 4 == 1 || pad > 2 || (pad && (n + pad) % 4))
		goto bad;
	return buf_put(out, "", 0);
bad:
	errno = EBADMSG;
	return -1;
}
