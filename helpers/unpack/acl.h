/* A POSIX ACL in the form that the kernel has for it in the attributes
 * system.posix_acl_* (linux/posix_acl_xattr.h). */
#ifndef UNPACK_ACL_H
#define UNPACK_ACL_H

#include <linux/posix_acl.h>
#include <linux/posix_acl_xattr.h>
#include <stddef.h>

struct acl {
	struct posix_acl_xattr_header *head;	/* entries follow it */
	size_t n;
};

/* Adds an entry: tag and perm as in linux/posix_acl.h.  A named user or group
 * without a number (id -1) is looked up by who in this machine's databases.
 * Returns 0; -1 with errno ENOENT when nobody has that name, or ENOMEM. */
int acl_add(struct acl *acl, int tag, int perm, int id, const char *who);

/* The attribute's value: in the order the kernel asks for, acl_size bytes. */
const void *acl_sorted(struct acl *acl);
size_t acl_size(const struct acl *acl);

void acl_free(struct acl *acl);

#endif
