/* What an entry says about a file, beside its contents. */
#ifndef UNPACK_META_H
#define UNPACK_META_H

#include "unpack/entry.h"

/* How much of it a tree takes over. */
struct meta {
	int own;		/* restore owners and what hangs on them: setuid,
				 * setgid, ACLs, capabilities, trusted.* */
	uid_t uid;		/* whose a new file is */
	gid_t gid;
	mode_t mask;		/* for permissions, when !own */
	int inherit;		/* new files may take after their folder */
	uint64_t lost;		/* attributes that the file system cannot hold */
};

/* The permissions a file of the tree is to have. */
mode_t meta_mode(const struct meta *m, const struct entry *e);

/* Owner, permissions, attributes, time, in the order in which none undoes the
 * one before: of the open fd, or of name (no folder, no regular file) in dir.
 * A file just made by us has its low permissions already (made).  Returns 0, or
 * -1 with errno set: EBADMSG for an ACL or attribute that is malformed. */
int meta_fd(struct meta *m, int fd, const struct entry *e, int made);
int meta_at(struct meta *m, int dir, const char *name, const struct entry *e);

#endif
