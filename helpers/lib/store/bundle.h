/* Bundles: folders that strangers wrote.  They are read by descriptor, following no
 * link, and only folders, regular files and links in them count. */
#ifndef AOINB_STORE_BUNDLE_H
#define AOINB_STORE_BUNDLE_H

#include <stdint.h>

#include "buf.h"

enum {
	BUNDLE_HEX = 65,	/* a digest and its NUL */
	BUNDLE_BYTES = 1 << 30,	/* of all its files together, holes included */
	BUNDLE_ENTRIES = 1 << 18,
	BUNDLE_DEPTH = 200,	/* of folders in folders */
};

struct bundle {
	char digest[BUNDLE_HEX];
	int64_t newest;		/* when its newest file was changed; 0: never */
	struct buf left_out;	/* "PATH: WHY\n" of what was not copied */
	struct buf at;		/* when it failed: the path in it that is to blame */
};

/* What keeps the folder dir from being a bundle, in words; NULL when it is one. */
const char *bundle_wrong(int dir);

/* Reads the bundle in the folder from, and copies it to the empty folder to unless
 * that is -1.  Modes and times are kept; owners, and set-user-ID and set-group-ID
 * bits, are not.  The digest stands for the names in it, whether each is a file, a
 * program or a link, what files hold, and where links lead; not for times, owners or
 * empty folders.  Returns 0; or -1 with errno set: EFBIG, E2BIG or ENAMETOOLONG past
 * BUNDLE_BYTES, BUNDLE_ENTRIES and BUNDLE_DEPTH.  b is to be freed either way.
 * Threads may read bundles at the same time. */
int bundle_read(int from, int to, struct bundle *b);
void bundle_free(struct bundle *b);

/* The digest alone.  Returns 0, or -1 as bundle_read does. */
int bundle_digest(int dir, char hex[BUNDLE_HEX]);

/* What came of a failure of bundle_read, in words: such as "it holds more than 1
 * GiB"; NULL where strerror(3) has to do. */
const char *bundle_error(int err);

#endif
