#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "unpack/input.h"

static ssize_t
read_some(int fd, void *buf, size_t room)
{
	ssize_t n;

	do
		n = read(fd, buf, room);
	while (n < 0 && errno == EINTR);
	return n;
}

static int
begins(const struct input *in, const char *magic, size_t len)
{
	return in->have >= len && !memcmp(in->head, magic, len);
}

/* RFC 8878: a stream may begin with skippable frames, magic 0x184D2A5?. */
static int
begins_zstd(const struct input *in)
{
	return begins(in, "\x28\xb5\x2f\xfd", 4) ||
	    (in->have >= 4 && (in->head[0] & 0xf0) == 0x50 &&
	    !memcmp(in->head + 1, "\x2a\x4d\x18", 3));
}

static enum kind
kind_of(const struct input *in)
{
	if (!in->have)
		return KIND_EMPTY;
	if (begins(in, "\xfd" "7zXZ\0", 6))
		return KIND_XZ;
	if (begins(in, "\x1f\x8b", 2))
		return KIND_GZIP;
	if (begins_zstd(in))
		return KIND_ZSTD;
	if (begins(in, "hsqs", 4))
		return KIND_SQUASHFS;
	if (begins(in, "PK\3\4", 4) || begins(in, "PK\5\6", 4) ||
	    begins(in, "7z\xbc\xaf\x27\x1c", 6))
		return KIND_INDEXED;
	return KIND_OTHER;
}

int
input_open(struct input *in, const char *path)
{
	struct stat st;
	ssize_t n = 1;
	off_t at;

	*in = (struct input){ 0 };
	if (strcmp(path, "-") && (in->fd = open(path, O_RDONLY | O_CLOEXEC)) < 0)
		return -1;
	if (fstat(in->fd, &st) < 0)
		return -1;
	at = lseek(in->fd, 0, SEEK_CUR);
	in->seekable = S_ISREG(st.st_mode) && at == 0;
	in->size = S_ISREG(st.st_mode) && st.st_size > at ?
	    (uint64_t)(st.st_size - at) : 0;
	for (; n > 0 && in->have < sizeof(in->head); in->have += (size_t)n)
		if ((n = read_some(in->fd, in->head + in->have,
		    sizeof(in->head) - in->have)) < 0)
			return -1;
	in->kind = kind_of(in);
	posix_fadvise(in->fd, 0, 0, POSIX_FADV_SEQUENTIAL);
	return 0;
}

ssize_t
input_read(struct input *in, void *buf, size_t room)
{
	ssize_t n;

	if (in->given < in->have) {
		if (room > in->have - in->given)
			room = in->have - in->given;
		memcpy(buf, in->head + in->given, room);
		in->given += room;
		n = (ssize_t)room;
	} else {
		n = read_some(in->fd, buf, room);
	}
	if (n > 0)
		in->read += (uint64_t)n;
	return n;
}
