#include <errno.h>
#include <signal.h>

#include "unpack/arc.h"
#include "unpack/decode.h"

static struct {
	struct input *in;
	struct ring *r;
} job;

static void *
decode(void *unused)
{
	switch (job.in->kind) {
	case KIND_XZ:
		decode_xz(job.in, job.r);
		break;
	case KIND_ZSTD:
		decode_zstd(job.in, job.r);
		break;
	case KIND_GZIP:
		decode_gzip(job.in, job.r);
		break;
	default:
		arc_unfilter(job.in, job.r);
	}
	return unused;
}

int
decode_start(struct input *in, struct ring *r)
{
	pthread_t thread;
	int err;

	job.in = in;
	job.r = r;
	err = pthread_create(&thread, NULL, decode, NULL);
	if (err) {
		errno = err;
		return -1;
	}
	pthread_detach(thread);
	return 0;
}
