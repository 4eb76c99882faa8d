/* gzip through zlib: member after member, each with its checksum, which
 * libarchive's own filter does not look at. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "unpack/decode.h"

/* One inflate() with more input where that is needed.  Returns its result, or
 * Z_ERRNO when reading failed. */
static int
step(z_stream *z, struct input *in, unsigned char *buf, int *eof)
{
	ssize_t n;

	if (!z->avail_in && !*eof) {
		n = input_read(in, buf, RING_SIZE);
		if (n < 0)
			return Z_ERRNO;
		*eof = n == 0;
		z->next_in = buf;
		z->avail_in = (unsigned)n;
	}
	return inflate(z, Z_NO_FLUSH);	/* Z_BUF_ERROR: it got nowhere */
}

/* Between members, where zeros may stand: Z_OK when another follows,
 * Z_STREAM_END when none does. */
static int
next_member(z_stream *z, struct input *in, unsigned char *buf)
{
	ssize_t n;

	for (;;) {
		while (z->avail_in && !*z->next_in) {
			z->next_in++;
			z->avail_in--;
		}
		if (z->avail_in)
			return inflateReset(z);
		n = input_read(in, buf, RING_SIZE);
		if (n < 0)
			return Z_ERRNO;
		if (n == 0)
			return Z_STREAM_END;
		z->next_in = buf;
		z->avail_in = (unsigned)n;
	}
}

static void
finish(const z_stream *z, struct ring *r, int ret)
{
	char why[160];

	if (ret == Z_STREAM_END) {
		ring_end(r, 0, NULL);
	} else if (ret == Z_ERRNO) {
		ring_end(r, errno, strerror(errno));
	} else {
		snprintf(why, sizeof(why), "gzip: %s", ret == Z_BUF_ERROR ?
		    "truncated" : z->msg ? z->msg : "corrupt");
		ring_end(r, ret == Z_MEM_ERROR ? ENOMEM : EBADMSG, why);
	}
}

void
decode_gzip(struct input *in, struct ring *r)
{
	unsigned char *buf = malloc(RING_SIZE);
	z_stream z = { 0 };
	int eof = 0, ret;

	/* 16: with gzip's header and trailer. */
	ret = buf ? inflateInit2(&z, 16 + MAX_WBITS) : Z_MEM_ERROR;
	z.avail_out = RING_SIZE;
	if (ret == Z_OK)
		z.next_out = ring_slot(r);
	while (ret == Z_OK) {
		ret = step(&z, in, buf, &eof);
		if (ret == Z_STREAM_END)
			ret = next_member(&z, in, buf);
		if (!z.avail_out) {
			ring_push(r, RING_SIZE);
			z.next_out = ring_slot(r);
			z.avail_out = RING_SIZE;
		}
	}
	ring_push(r, RING_SIZE - z.avail_out);
	finish(&z, r, ret);
	inflateEnd(&z);
	free(buf);
}
