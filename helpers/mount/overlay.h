/* The root's own file system: layers, put together or alone. */
#ifndef MOUNT_OVERLAY_H
#define MOUNT_OVERLAY_H

#include "vec.h"

struct overlay {
	VEC(const char *) lower;	/* topmost first */
	const char *upper, *work;	/* both or neither */
	int is_volatile;	/* no sync to disk */
	int user;		/* a user namespace whose ids own what is seen
				 * (mnt_copy_as), or -1 */

	const char *at;		/* out: what failed; a path */
	char said[512];		/* out: the kernel's own words on it, or "" */
};

/* Mounts o at root: lowers under upper; without upper read-only, and then a
 * single lower is bound; with no lower at all, root is bound on itself, with
 * all that is mounted in it.  Returns the descriptor of the new root (O_PATH),
 * or -1 with errno, at and said set; ENOTSUP when o->user asks for what this kernel or
 * the layers' file system cannot do.  Needs a mount namespace of our own, and
 * /proc. */
int overlay_mount(struct overlay *o, const char *root);

#endif
