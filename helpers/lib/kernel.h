/* The least kernel, of which README.md and the manual pages tell as well. */
#ifndef AOINB_KERNEL_H
#define AOINB_KERNEL_H

/* What is called with no other way: openat2(2) is of 5.6, STATX_ATTR_MOUNT_ROOT of
 * 5.8, close_range(2) of 5.9, overlays in a user namespace of 5.11, and
 * mount_setattr(2), by which a bind is read-only all the way down, of 5.12.
 * What is younger has another way: cgroup.kill (5.14), Landlock's truncation
 * (6.2), any number of layers (6.8). */
#define KERNEL_LEAST "5.12"

/* Whether the one that runs is not older than version. */
int kernel_since(const char *version);

/* Whether the one that runs is not older than that. */
int kernel_suffices(void);

#endif
