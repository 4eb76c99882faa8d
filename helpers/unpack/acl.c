#include <endian.h>
#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <stdint.h>
#include <stdlib.h>

#include "unpack/acl.h"

static int
look_up(int tag, const char *who, int *id)
{
	struct passwd *pw = tag == ACL_USER && who ? getpwnam(who) : NULL;
	struct group *gr = tag == ACL_GROUP && who ? getgrnam(who) : NULL;

	if (!pw && !gr) {
		errno = ENOENT;
		return -1;
	}
	*id = pw ? (int)pw->pw_uid : (int)gr->gr_gid;
	return 0;
}

static struct posix_acl_xattr_entry *
entries(const struct acl *acl)
{
	return (struct posix_acl_xattr_entry *)(acl->head + 1);
}

size_t
acl_size(const struct acl *acl)
{
	return sizeof(*acl->head) +
	    acl->n * sizeof(struct posix_acl_xattr_entry);
}

int
acl_add(struct acl *acl, int tag, int perm, int id, const char *who)
{
	void *p;

	if ((tag == ACL_USER || tag == ACL_GROUP) && id == -1 &&
	    look_up(tag, who, &id) < 0)
		return -1;
	p = realloc(acl->head,
	    acl_size(acl) + sizeof(struct posix_acl_xattr_entry));
	if (!p)
		return -1;
	acl->head = p;
	acl->head->a_version = htole32(POSIX_ACL_XATTR_VERSION);
	entries(acl)[acl->n++] = (struct posix_acl_xattr_entry){
		.e_tag = htole16(tag),
		.e_perm = htole16(perm),
		.e_id = tag == ACL_USER || tag == ACL_GROUP ?
		    htole32((uint32_t)id) : htole32((uint32_t)ACL_UNDEFINED_ID),
	};
	return 0;
}

/* The tags' numbers are in the order that the kernel wants. */
static int
compare(const void *va, const void *vb)
{
	const struct posix_acl_xattr_entry *a = va, *b = vb;
	uint32_t ia = le32toh(a->e_id), ib = le32toh(b->e_id);

	if (a->e_tag != b->e_tag)
		return le16toh(a->e_tag) < le16toh(b->e_tag) ? -1 : 1;
	return ia < ib ? -1 : ia > ib;
}

const void *
acl_sorted(struct acl *acl)
{
	qsort(entries(acl), acl->n, sizeof(struct posix_acl_xattr_entry),
	    compare);
	return acl->head;
}

void
acl_free(struct acl *acl)
{
	free(acl->head);
	*acl = (struct acl){ 0 };
}
