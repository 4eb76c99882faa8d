#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "err.h"
#include "fetch/part.h"
#include "file.h"

/* Bytes of a file that is as soon fetched as a note is taken of where it was.  A
 * digest makes it possible to go on without. */
#define SMALL (1LL << 20)

int
part_open(struct part *p, const struct entry *e)
{
	*p = (struct part){ .fd = -1 };
	meta_init(&p->meta);
	snprintf(p->path, sizeof(p->path), "part/%s", e->key);
	snprintf(p->meta_path, sizeof(p->meta_path), "%s.meta", p->path);
	p->sum = digest_new(e->algo);
	if (!p->sum)
		return -1;
	p->fd = open(p->path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0644);
	if (p->fd < 0 || meta_read(&p->meta, p->meta_path) < 0)
		goto fail;
	p->size = digest_fd(p->sum, p->fd, -1);
	if (p->size < 0)
		goto fail;
	return 0;
fail:
	part_close(p);
	return -1;
}

int
part_temp(struct part *p, const struct algo *algo)
{
	*p = (struct part){ .fd = -1, .path = "part/import.XXXXXX" };
	meta_init(&p->meta);
	p->sum = digest_new(algo);
	if (!p->sum)
		return -1;
	p->fd = mkostemp(p->path, O_CLOEXEC);
	if (p->fd >= 0) {
		snprintf(p->meta_path, sizeof(p->meta_path), "%s.meta",
		    p->path);
		return 0;
	}
	part_close(p);
	return -1;
}

int
part_restart(struct part *p)
{
	meta_free(&p->meta);
	p->size = 0;
	if (ftruncate(p->fd, 0) < 0 || lseek(p->fd, 0, SEEK_SET) < 0)
		return -1;
	if (unlink(p->meta_path) < 0 && errno != ENOENT)
		return -1;
	return digest_reset(p->sum);
}

int
part_begin(struct part *p, long long length)
{
	if (length >= 0 && p->size + length <= SMALL)
		return 0;
	if (length > 0 && fallocate(p->fd, FALLOC_FL_KEEP_SIZE, p->size,
	    length) < 0 && (errno == ENOSPC || errno == EDQUOT ||
	    errno == EFBIG))
		return -1;
	snprintf(p->meta.boot, sizeof(p->meta.boot), "%s", cache_boot());
	return meta_write(&p->meta, p->meta_path);
}

int
part_add(struct part *p, const char *s, size_t len)
{
	if (file_write(p->fd, s, len) < 0 || digest_add(p->sum, s, len) < 0)
		return -1;
	p->size += (long long)len;
	return 0;
}

/* Without fsync: what a power failure tears is found by its digest, as no
 * stamp outlives a boot.  The mode is changed last, for a part that is left
 * must stay writable. */
static int
fd_land(int fd, const char *from, const struct entry *e)
{
	mode_t mask = umask(0);

	umask(mask);
	if (!*e->meta && mkdir(e->algo->name, 0755) < 0 && errno != EEXIST)
		return -1;
	if (rename(from, e->path) < 0)
		return -1;
	return fchmod(fd, 0444 & ~mask);
}

int
part_land(struct part *p, struct entry *e)
{
	if (ftruncate(p->fd, p->size) < 0 || fd_land(p->fd, p->path, e) < 0)
		return -1;
	if (*e->meta && meta_write(&p->meta, e->meta) < 0)
		return -1;
	e->size = p->size;
	cache_stamp(e);
	if (unlink(p->meta_path) < 0 && errno != ENOENT)
		return -1;
	part_close(p);
	return 0;
}

void
part_close(struct part *p)
{
	close_keep(p->fd);
	p->fd = -1;
	digest_free(p->sum);
	p->sum = NULL;
	meta_free(&p->meta);
}

void
part_drop(struct part *p)
{
	unlink(p->meta_path);
	unlink(p->path);
	part_close(p);
}
