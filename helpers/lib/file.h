/* Files that are whole or not there. */
#ifndef AOINB_FILE_H
#define AOINB_FILE_H

#include <stddef.h>

#include "buf.h"

/* Writes all of s.  Returns 0, or -1 with errno set. */
int file_write(int fd, const char *s, size_t len);

/* Replaces path by a file (mode 0644 less the umask) that holds s: written
 * beside it under a name nobody else uses, then renamed over it.  path may be
 * missing or a regular file; anything else is left alone, errno EEXIST (root
 * must not turn /dev/null into a file).  Returns 0, or -1 with errno set and
 * path as it was. */
int file_replace(const char *path, const char *s, size_t len);

/* The same for path seen from the folder dir (or AT_FDCWD). */
int file_put(int dir, const char *path, const char *s, size_t len);

/* Adds to b what the regular file path, seen from the folder dir, holds.  No
 * link is followed at its end, and a FIFO is not waited for.  Returns 0, or -1
 * with errno set: EFBIG when it holds more than max bytes, EINVAL when it is no
 * regular file, ELOOP when it is a link. */
int file_get(int dir, const char *path, size_t max, struct buf *b);

/* close(2), with errno as it was: for the way out of a failure.  Nothing happens
 * when fd is below 0. */
void close_keep(int fd);

/* mkdir -p, mode 0755 less the umask.  Returns 0, or -1 with errno set. */
int file_mkdirs(const char *path);

#endif
