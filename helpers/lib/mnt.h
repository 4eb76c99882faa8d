/* Mounts by descriptor: what roots and containers are made with.  Each returns a
 * descriptor or 0, or -1 with errno set.  Linux 5.12. */
#ifndef AOINB_MNT_H
#define AOINB_MNT_H

#include <sys/mount.h>

#define NOSUID_NODEV (MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV)
#define NOSUID_NODEV_NOEXEC (NOSUID_NODEV | MOUNT_ATTR_NOEXEC)

/* Pairs of key and value for mnt_new. */
#define MNT_OPTS(...) ((const char *const[]){ __VA_ARGS__, NULL })

/* A new file system of that type with those mount attributes, at no place yet.
 * opts may be NULL. */
int mnt_new(const char *type, unsigned int attr, const char *const *opts);

/* A copy, at no place yet, of the mount that name of dir lies on, from name on
 * down, with attr set; no mount made in either later shows in the other.  With
 * name "", of dir itself.  how is 0, or AT_RECURSIVE for all that is
 * mounted below as well, and AT_SYMLINK_NOFOLLOW. */
int mnt_copy(int dir, const char *name, unsigned int how, unsigned int attr);

/* The same, in which what belongs to a user of the user namespace user, a descriptor,
 * as he is called inside, belongs to him; on the disk everything stays as it is
 * (idmapped; Linux 5.12).  EINVAL when that file system does not know how.
 * With user -1 it is mnt_copy. */
int mnt_copy_as(int dir, const char *name, unsigned int how, unsigned int attr, int user);

/* Mounts fd, which mnt_new or mnt_copy returned, on what at is. */
int mnt_attach(int fd, int at);

/* Mounts a copy of from's src, with all that is mounted in it, on dst of to;
 * links are not followed at either name. */
int mnt_bind(int from, const char *src, int to, const char *dst,
    unsigned int attr);

/* The folder name of dir, made if missing (0755).  ENOTDIR when it is anything
 * else, a link included. */
int mnt_dir(int dir, const char *name);

#endif
