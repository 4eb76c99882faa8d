/* The container's /dev. */
#ifndef RUN_DEV_H
#define RUN_DEV_H

/* Mounts a /dev of our own on at: null zero full random urandom tty, the links
 * to /proc/self/fd, an empty /dev/shm, and terminals of its own in /dev/pts, whose
 * group is the sixth from first on.
 * Returns a descriptor of it, or -1 with errno set. */
int dev_mount(int at, unsigned int first);

#endif
