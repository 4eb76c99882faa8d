/* Bundles: uploaded, looked at in a child, and kept as they came. */
#ifndef SERVE_BUNDLE_H
#define SERVE_BUNDLE_H

#include "serve/req.h"

void bundle_begin(struct req *r);
void bundle_end(struct req *r);
void bundle_tell(struct req *r);
void bundle_get(struct req *r);

/* Where the bundle with that digest lies, below the server's folder. */
void bundle_path(int64_t id, const char *sha, char path[128]);

/* What was found in one. */
struct bundle {
	const char *layout;	/* bundle, folder or tree */
	char folder[REQ_NAME];	/* of the layout folder */
	struct buf packages;	/* a JSON list of names, to be freed */
};

/* Looks at the archive path below the server's folder, of size bytes, for a machine of
 * arch.  Returns 0; 1 when it is refused, and why says what for; -1 with errno set. */
int bundle_check(const char *path, int64_t size, const char *arch, struct bundle *b,
    struct buf *why);

/* --- bundle_list.c: what aoinb-unpack -n printed of it */

struct listed {
	int64_t size;		/* of its files */
	int spec, folders, tree;	/* layouts that it may have */
	char folder[REQ_NAME];
	struct buf units;	/* category/name of each bundle, a line each */
};

/* Takes the list apart.  Returns 0, or 1 when something in it is refused, and why says
 * what; -1 with errno ENOMEM. */
int bundle_list(char *text, struct listed *l, struct buf *why);

#endif
