/* Layers whose files belong to others than on the disk. */
#ifndef MOUNT_IDMAP_H
#define MOUNT_IDMAP_H

/* Each returns a descriptor or 0; or -1 with errno set, ENOTSUP when the file system
 * knows of no such owners, or has them mapped already. */

/* A place for what follows, mounted on at, to be covered by what is mounted there
 * next: before Linux 6.15 overlayfs takes no layer that is at no place. */
int idmap_begin(int at);

/* In place of the folder *fd puts the same with the owners of user, a user namespace
 * (mnt_copy_as), in place. */
int idmap_folder(int place, int user, int *fd);

/* The same for a pair of folders, which are as overlayfs wants them in one mount.  Their
 * paths tell their names; errno is EXDEV when they do not lie side by side. */
int idmap_pair(int place, int user, const char *const path[2], int fd[2]);

#endif
