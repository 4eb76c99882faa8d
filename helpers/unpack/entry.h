/* One entry of an archive, as the archive tells it: nothing here is checked. */
#ifndef UNPACK_ENTRY_H
#define UNPACK_ENTRY_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>
#include <time.h>

/* POSIX ACLs come as the kernel's own attributes, system.posix_acl_access and
 * system.posix_acl_default, in the kernel's binary form. */
struct xattr {
	char *name;
	void *value;
	size_t size;
};

struct entry {
	const char *path;
	const char *link;	/* target of 'l' and 'h', else NULL */
	char type;		/* f d l p c b, h for a hard link, ? else */
	mode_t mode;		/* the twelve bits of permission */
	int64_t uid, gid;
	dev_t rdev;
	int64_t size;		/* of 'f', or of contents behind an 'h' */
	int64_t stored;		/* bytes of that beside its holes; -1 when only
				 * the contents tell */
	int has_mtime;
	struct timespec mtime;
	struct xattr *xattrs;
	size_t nxattrs;
	const char *stranger;	/* somebody the ACL names, who has no number
				 * here and is left out; or NULL */
};

/* The attribute's place in e, or -1 with errno ENOMEM; value is copied. */
int entry_xattr(struct entry *e, const char *name, const void *value,
    size_t size);
void entry_xattrs_free(struct entry *e);

#endif
