/* Files that are whole or not there. */
#ifndef AOINB_FILE_H
#define AOINB_FILE_H

#include <stddef.h>

/* Writes all of s.  Returns 0, or -1 with errno set. */
int file_write(int fd, const char *s, size_t len);

/* Replaces path by a file (mode 0644 less the umask) that holds s: written
 * beside it under a name nobody else uses, then renamed over it.  path may be
 * missing or a regular file; anything else is left alone, errno EEXIST (root
 * must not turn /dev/null into a file).  Returns 0, or -1 with errno set and
 * path as it was. */
int file_replace(const char *path, const char *s, size_t len);

/* close(2), with errno as it was: for the way out of a failure.  Nothing happens
 * when fd is below 0. */
void close_keep(int fd);

/* mkdir -p, mode 0755 less the umask.  Returns 0, or -1 with errno set. */
int file_mkdirs(const char *path);

#endif
