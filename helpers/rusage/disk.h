/* How full a file system is, and how much a folder holds. */
#ifndef RUSAGE_DISK_H
#define RUSAGE_DISK_H

#include <stdint.h>

/* KiB used, and KiB that somebody without privilege may still use, as df(1)
 * says it, of the file system that path is on.  Returns 0 or -1 with errno. */
int disk_space(const char *path, uint64_t *used_kib, uint64_t *free_kib);

/* KiB that the files below path occupy, without leaving its file system and
 * without following links.  A file of n names counts 1/n at each of them.
 * Returns 0; or -1 with errno set when a part cannot be read. */
int disk_folder(const char *path, uint64_t *kib);

#endif
