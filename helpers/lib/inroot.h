/* Names inside a root that nobody vouches for: looked up as a process living
 * there would, so that no symbolic link leads outside (openat2(2),
 * RESOLVE_IN_ROOT; Linux 5.6). */
#ifndef AOINB_INROOT_H
#define AOINB_INROOT_H

/* Opens path, absolute or not, beneath the folder that root is.  flags as for
 * open(2), O_CLOEXEC is added.  Returns a descriptor, or -1 with errno set. */
int inroot_open(int root, const char *path, int flags);

/* The same with O_PATH, but what is missing is made first: folders (0755), and
 * at the end a folder, or an empty file (0644) when dir is 0.  Existing things
 * are left alone, whatever they are; a link that dangles is ENOENT.  The umask is not heeded.  Not for trees
 * in which somebody else is at work. */
int inroot_make(int root, const char *path, int dir);

#endif
