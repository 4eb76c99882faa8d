/* The container's /proc and /sys. */
#ifndef RUN_PROCFS_H
#define RUN_PROCFS_H

/* Mounts a fresh proc on at.  What would change the machine is read-only; what
 * would tell of it to no builder's good is covered, a file by null, a folder by
 * empty (descriptors).  Returns 0, or -1 with errno set. */
int procfs_mount(int at, int null, int empty);

/* Mounts sysfs on at, read-only, the firmware's part covered by empty. */
int procfs_mount_sys(int at, int empty);

#endif
