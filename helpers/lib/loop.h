/* Images of file systems, mounted by a loop device. */
#ifndef AOINB_LOOP_H
#define AOINB_LOOP_H

/* Mounts the squashfs image that is the file image on the folder at, read-only.  The loop
 * device goes with the mount, and that with its mount namespace, which the caller made.
 * Returns 0, or -1 with errno set: ENODEV where the kernel has no squashfs, ENOENT or ENXIO
 * where there are no loop devices, EPERM or EACCES where we may not. */
int loop_mount(const char *image, const char *at);

/* What keeps this machine from it, in words; NULL when nothing is known to. */
const char *loop_lacks(void);

#endif
