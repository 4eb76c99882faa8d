/* The archive as a file of bytes: opened, looked at, read by one thread. */
#ifndef UNPACK_INPUT_H
#define UNPACK_INPUT_H

#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

enum kind {
	KIND_EMPTY,	/* not one byte */
	KIND_XZ,
	KIND_ZSTD,
	KIND_GZIP,
	KIND_SQUASHFS,
	KIND_INDEXED,	/* zip or 7z: their directory is at the end */
	KIND_OTHER,	/* a tar or cpio, plain or packed in another way */
};

struct input {
	int fd;
	int seekable;
	enum kind kind;
	uint64_t size;			/* bytes, 0 when not a regular file */
	_Atomic uint64_t read;		/* bytes handed out so far */
	unsigned char head[4096];	/* the first ones, read to find the kind */
	size_t have, given;		/* how many, how many handed out */
};

/* Opens path, or takes fd 0 for "-", and finds its kind.  Returns 0, or -1 with
 * errno set. */
int input_open(struct input *in, const char *path);

/* Up to room bytes.  Returns their number, 0 at the end, or -1 with errno. */
ssize_t input_read(struct input *in, void *buf, size_t room);

#endif
