/* zstd: frames one after another, skippable ones among them, any window. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zstd.h>

#include "unpack/decode.h"

/* zstd --long=31, the widest window there is, wants 2 GiB. */
#define WINDOW_LOG_MAX 31

/* Decodes what buf holds.  *left is 0 after a frame's last byte, else how much
 * the decoder would like to have next, or a zstd error. */
static int
decode_some(ZSTD_DCtx *z, ZSTD_inBuffer *from, ZSTD_outBuffer *to,
    struct ring *r, size_t *left)
{
	int full;

	do {
		*left = ZSTD_decompressStream(z, to, from);
		if (ZSTD_isError(*left))
			return -1;
		full = to->pos == to->size;
		if (full) {
			ring_push(r, to->pos);
			to->dst = ring_slot(r);
			to->pos = 0;
		}
	} while (from->pos < from->size || (full && *left));
	return 0;
}

void
decode_zstd(struct input *in, struct ring *r)
{
	ZSTD_DCtx *z = ZSTD_createDCtx();
	unsigned char *buf = malloc(RING_SIZE);
	ZSTD_outBuffer to = { .size = RING_SIZE };
	ZSTD_inBuffer from = { .src = buf };
	size_t left = 0;
	char why[160];
	ssize_t n;

	if (!z || !buf) {
		ring_end(r, ENOMEM, "zstd: out of memory");
		goto out;
	}
	ZSTD_DCtx_setParameter(z, ZSTD_d_windowLogMax, WINDOW_LOG_MAX);
	to.dst = ring_slot(r);
	while ((n = input_read(in, buf, RING_SIZE)) > 0) {
		from.pos = 0;
		from.size = (size_t)n;
		if (decode_some(z, &from, &to, r, &left) < 0)
			break;
	}
	ring_push(r, to.pos);
	if (n < 0) {
		ring_end(r, errno, strerror(errno));
	} else if (ZSTD_isError(left)) {
		snprintf(why, sizeof(why), "zstd: %s", ZSTD_getErrorName(left));
		ring_end(r, EBADMSG, why);
	} else {
		ring_end(r, left ? EBADMSG : 0, left ? "zstd: truncated" : NULL);
	}
out:
	ZSTD_freeDCtx(z);
	free(buf);
}
