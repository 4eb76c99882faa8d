#include "eval/utf8.h"

size_t
utf8_get(const char *s, size_t n, uint32_t *c)
{
	static const uint32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };
	unsigned char b = (unsigned char)s[0];
	size_t len = b < 0x80 ? 1 : b < 0xc2 ? 0 : b < 0xe0 ? 2 :
	    b < 0xf0 ? 3 : b < 0xf5 ? 4 : 0;
	size_t i;

	if (len == 0 || len > n)
		return 0;
	*c = len == 1 ? b : b & (0xffu >> (len + 1));
	for (i = 1; i < len; i++) {
		b = (unsigned char)s[i];
		if ((b & 0xc0) != 0x80)
			return 0;
		*c = *c << 6 | (b & 0x3f);
	}
	if (*c < least[len] || *c > 0x10ffff || (*c >= 0xd800 && *c < 0xe000))
		return 0;
	return len;
}

size_t
utf8_step(const char *s, size_t n)
{
	uint32_t c;
	size_t len = utf8_get(s, n, &c);

	return len ? len : 1;
}

size_t
utf8_put(char *s, uint32_t c)
{
	size_t len = c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
	size_t i;

	for (i = len; i-- > 1; c >>= 6)
		s[i] = (char)(0x80 | (c & 0x3f));
	s[0] = (char)(len == 1 ? c : (0xff00u >> len & 0xff) | c);
	return len;
}

int
utf8_valid(const char *s, size_t n)
{
	uint32_t c;
	size_t len;

	for (; n; s += len, n -= len) {
		len = utf8_get(s, n, &c);
		if (!len)
			return 0;
	}
	return 1;
}

size_t
utf8_count(const char *s, size_t n)
{
	size_t k, len;

	for (k = 0; n; k++, s += len, n -= len)
		len = utf8_step(s, n);
	return k;
}

size_t
utf8_offset(const char *s, size_t n, size_t k)
{
	size_t at = 0;

	while (k-- && at < n)
		at += utf8_step(s + at, n - at);
	return at;
}
