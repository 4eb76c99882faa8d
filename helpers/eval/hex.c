#include "eval/hex.h"

int
hex_put(struct buf *b, char before, uint64_t n)
{
	char s[18], *p = s + sizeof(s);

	do
		*--p = "0123456789abcdef"[n & 15];
	while (n >>= 4);
	*--p = before;
	return buf_put(b, p, (size_t)(s + sizeof(s) - p));
}

int
hex_get(const char **s, char after, uint64_t *n)
{
	const char *p = *s;
	unsigned d;

	for (*n = 0;; *n = *n << 4 | d, p++) {
		d = (unsigned)*p - '0';
		if (d > 9) {
			d = (unsigned)*p - 'a';
			if (d > 5)
				break;
			d += 10;
		}
		if (p - *s == 16)
			return -1;
	}
	if (p == *s || *p != after)
		return -1;
	*s = p + 1;
	return 0;
}
