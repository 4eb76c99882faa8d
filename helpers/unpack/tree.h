/* Entries written beneath one folder, and nowhere else. */
#ifndef UNPACK_TREE_H
#define UNPACK_TREE_H

#include "unpack/fixup.h"

struct tree {
	/* Set by the caller before tree_open. */
	struct meta meta;	/* own */
	int devices;		/* device nodes are welcome */
	uint64_t max_size;	/* bytes written, 0 for any number */
	uint64_t max_entries;	/* likewise */

	const char *why;	/* with errno EBADMSG: what is refused */

	uint64_t size, entries;	/* so far */
	uint64_t no_nodes;	/* device nodes that cannot be made here */
	int fd;			/* the folder */
	char *name, *link;	/* the entry's, clean */
	size_t room;		/* of either */
	struct walk walk, from;	/* to the entry's folder; to a link's target */
	int file;		/* the regular file being written, or -1 */
	int64_t pos, end;	/* where the next byte goes; the size so far */
	int64_t got;		/* bytes of contents so far */
	struct fixups folders;
};

/* Each returns 0, or -1 with errno set: EBADMSG for an entry that is refused,
 * and t->why tells why. */

/* Makes dir when it is missing (its parent must exist), else errno is ENOTEMPTY
 * unless it is empty.  Sets the process's umask to 0. */
int tree_open(struct tree *t, const char *dir);

/* Looks at an entry without writing: its names, kind, owner, and how many there
 * were.  tree_add does this itself. */
int tree_admit(struct tree *t, const struct entry *e);

/* Makes the entry; then tree_data for each piece of its contents, and
 * tree_done.  A parent that is missing is made. */
int tree_add(struct tree *t, const struct entry *e);
int tree_data(struct tree *t, const struct entry *e, const void *p, size_t len,
    int64_t at);
int tree_done(struct tree *t, const struct entry *e);

/* Behind the last entry: the folders' owners, modes, attributes and times,
 * innermost first.  *path is the one that failed. */
int tree_finish(struct tree *t, const char **path);

void tree_free(struct tree *t);

#endif
