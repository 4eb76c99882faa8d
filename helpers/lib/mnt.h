/* Mounts by descriptor: the words the container's file systems are made with.
 * Each returns a descriptor or 0, or -1 with errno set. */
#ifndef RUN_PUT_H
#define RUN_PUT_H

#include <sys/mount.h>

#define QUIET (MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV)
#define STILL (QUIET | MOUNT_ATTR_NOEXEC)

/* Pairs of key and value for put_fresh. */
#define OPTS(...) ((const char *const[]){ __VA_ARGS__, NULL })

/* A new file system of that type with those mount attributes, at no place yet.
 * opts may be NULL. */
int put_fresh(const char *type, unsigned int attr, const char *const *opts);

/* Mounts fd, which put_fresh or put_copy returned, on what at is. */
int put_on(int fd, int at);

/* A copy of the mount that name of dir lies on, from there on down, with attr
 * set.  A link at name is not followed.  With name "", dir itself. */
int put_copy(int dir, const char *name, unsigned int attr);

/* put_copy of from's src on dst of to, neither followed. */
int put_bind(int from, const char *src, int to, const char *dst,
    unsigned int attr);

/* The folder name of dir, made if missing (0755).  ENOTDIR when it is anything
 * else, a link included. */
int put_dir(int dir, const char *name);

#endif
