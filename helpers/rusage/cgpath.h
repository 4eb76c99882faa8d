/* Where this process stands in the cgroup hierarchies, as /proc tells it. */
#ifndef RUSAGE_CGPATH_H
#define RUSAGE_CGPATH_H

#include <stddef.h>

/* The folder of our own cgroup in the hierarchy of the v1 controller ctl, or
 * in that of version 2 when ctl is "".  *top becomes the length of the mount
 * point at its front: no ancestor that we can see is above it.  Returns a
 * string to be freed; or NULL with errno set, ENOENT when there is no such
 * hierarchy, it is not mounted, or what is mounted does not hold our cgroup
 * (as in a container that shows another part of the tree). */
char *cgpath_own(const char *ctl, size_t *top);

/* Whether word is in list, whose words end at sep, a newline or the end. */
int cgpath_has(const char *list, const char *word, char sep);

#endif
