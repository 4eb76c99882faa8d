/* squashfs images, by way of unsquashfs(1). */
#ifndef UNPACK_SQUASH_H
#define UNPACK_SQUASH_H

#include "unpack/entry.h"

/* Runs through what unsquashfs lists of the image open as fd.  seen is called
 * with each entry as far as a listing tells it (sizes of devices and the numbers
 * of devices are 0), and stops with -1.  Returns 0; -1 with errno as seen set
 * it; or unsquashfs's exit code, 127 when there is none. */
int squash_list(int fd, int (*seen)(void *arg, const struct entry *e),
    void *arg);

/* Has unsquashfs write the image open as fd into the folder dir, where the
 * kernel can (Landlock) unable to make, change or remove anything elsewhere.
 * own as in meta.h.  Returns 0, -1 with errno set, or its exit code. */
int squash_unpack(int fd, int dir, int own);

/* What it said last, when that failed or otherwise, on one line; "" when nothing. */
const char *squash_said(void);

#endif
