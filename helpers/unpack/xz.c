/* xz through liblzma: blocks are decoded side by side where the file has more
 * than one and says how long they are (xz -T). */
#include <errno.h>
#include <lzma.h>
#include <stdlib.h>
#include <string.h>

#include "unpack/decode.h"

static const char *
word(lzma_ret ret)
{
	switch (ret) {
	case LZMA_FORMAT_ERROR:
		return "xz: not an xz stream, or something behind its end";
	case LZMA_OPTIONS_ERROR:
		return "xz: made with options that are not known here";
	case LZMA_DATA_ERROR:
		return "xz: corrupt";
	case LZMA_BUF_ERROR:
		return "xz: truncated";
	case LZMA_MEMLIMIT_ERROR:
		return "xz: needs more than half of this machine's memory";
	case LZMA_MEM_ERROR:
		return "xz: out of memory";
	default:
		return "xz: cannot be decoded";
	}
}

/* A quarter of the memory may go into working side by side; past that blocks
 * are decoded one after another, and past a half not at all. */
static lzma_ret
begin(lzma_stream *s)
{
	uint64_t ram = lzma_physmem();
	lzma_mt mt = { .flags = LZMA_CONCATENATED, .threads = lzma_cputhreads() };

	if (!mt.threads)
		mt.threads = 1;
	if (!ram)
		ram = (uint64_t)1 << 30;
	mt.memlimit_threading = ram / 4;
	mt.memlimit_stop = ram / 2;
	return lzma_stream_decoder_mt(s, &mt);
}

void
decode_xz(struct input *in, struct ring *r)
{
	lzma_stream s = LZMA_STREAM_INIT;
	lzma_action action = LZMA_RUN;
	unsigned char *buf = malloc(RING_SIZE);
	lzma_ret ret = buf ? begin(&s) : LZMA_MEM_ERROR;
	ssize_t n = 1;

	s.avail_out = RING_SIZE;
	if (ret == LZMA_OK)
		s.next_out = ring_slot(r);
	while (ret == LZMA_OK) {
		if (!s.avail_in && action == LZMA_RUN) {
			n = input_read(in, buf, RING_SIZE);
			if (n < 0)
				break;
			if (n == 0)
				action = LZMA_FINISH;
			s.next_in = buf;
			s.avail_in = (size_t)n;
		}
		ret = lzma_code(&s, action);
		if (!s.avail_out) {
			ring_push(r, RING_SIZE);
			s.next_out = ring_slot(r);
			s.avail_out = RING_SIZE;
		}
	}
	ring_push(r, RING_SIZE - s.avail_out);
	if (n < 0)
		ring_end(r, errno, strerror(errno));
	else if (ret == LZMA_STREAM_END)
		ring_end(r, 0, NULL);
	else
		ring_end(r, ret == LZMA_MEM_ERROR ? ENOMEM : EBADMSG, word(ret));
	lzma_end(&s);
	free(buf);
}
