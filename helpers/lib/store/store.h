/* The state of a work_dir: where it lies, and what all of it has in common.  Only
 * the programs aoinb-job, aoinb-layer, aoinb-plan, aoinb-group, aoinb-repo, aoinb-report and aoinb-ship know
 * its shape on the disk; see aoinb-store(7). */
#ifndef AOINB_STORE_STORE_H
#define AOINB_STORE_STORE_H

#include <stdint.h>

#include "buf.h"

struct store {
	int dir;		/* of work_dir */
	const char *path;	/* as the caller named it */
};

enum {
	STORE_TEXT = 1 << 20,	/* bytes that a record of ours may have */
	STORE_NAME = 256,	/* of a name in the store, its NUL included */
};

/* Opens the work_dir path, which is made where it is missing.  Folders below it that
 * are open to others, and are not for them, are closed: see store_modes.  Returns 0,
 * or -1 with errno set. */
int store_open(struct store *s, const char *path);

/* The same, but all stays as it is; it must be there. */
int store_open_as_is(struct store *s, const char *path);

/* Makes the folder path below work_dir, and those above it: others may read
 * output/, cache/sources/ and what a plan reads, and nothing else is for them.  Layers and workspaces have
 * files of builds in them, set-user-ID ones among them; jobs and mirrors have URLs, which
 * may hold passwords; who can open a lock can hold it.  Returns 0, or -1 with errno
 * set. */
int store_mkdir(const struct store *s, const char *path);

/* Adds to b a line "PATH MODE WANTED" for each folder that others can enter or read, and
 * should not.  Returns 0, or -1 with errno set. */
int store_modes(const struct store *s, struct buf *b);

/* Whether text may become the name of a file of ours: letters, digits and one of
 * "._+~@-", not beginning with "." or "-". */
int store_name_ok(const char *text);

/* The first line of the record path below work_dir, without its newline.  Adds it
 * to b, which has a string then.  Returns 0, or -1 with errno set. */
int store_line(const struct store *s, const char *path, struct buf *b);

/* The value of KEY in a record of lines "KEY=VALUE".  Adds it to b.  Returns 0, or
 * -1 with errno set: ENOENT when there is no such line. */
int store_value(const char *text, const char *key, struct buf *b);

/* Names in the folder path below work_dir that store_name_ok takes, sorted by
 * byte.  Returns how many, or -1 with errno set; a folder that is missing has
 * none.  *names is to be freed by store_names_free. */
long store_names(const struct store *s, const char *path, char ***names);
void store_names_free(char **names, long n);

/* --- trash.c */

/* Moves path, below work_dir, out of the way, in one rename; what is not there is
 * no failure.  Returns 0, or -1 with errno set and path where it was. */
int store_trash(const struct store *s, const char *path);

/* The same, but where there is no room for the trash either, path is removed where it
 * lies.  For what is locked, so that nobody sees half of it.  Returns 0, or -1 with
 * errno set. */
int store_discard(const struct store *s, const char *path);

/* Removes what was moved there by us, or by who has died since.  Returns 0, or -1
 * with errno set when something could not be removed. */
int store_trash_empty(const struct store *s);

/* Removes path, seen from the folder dir, and all below it, however deep; a mount
 * below it stays, and is a failure.  Returns 0, or -1 with errno set, having
 * removed what could be; what is not there is no failure. */
int store_remove(int dir, const char *path);

/* --- lock.c */

enum lock_how { LOCK_NOW = 0, LOCK_WAIT = 1, LOCK_SHARED = 2 };

struct lock_class {
	const char *name;
	int order;		/* a lock may be taken after those of a lower one */
	int fd;			/* the descriptor that shell has it on; -1: only C */
};

extern const struct lock_class lock_tab[];	/* ends with a row without a name */

/* Takes the lock of class, or of "class.name" unless name is NULL.  With LOCK_WAIT
 * it waits, and says on a terminal for what: text.  Returns its descriptor; or -1
 * with errno set: EWOULDBLOCK when it is held and we do not wait, EDEADLK when we
 * hold one that is to be taken after it, which is an error of ours. */
int lock_take(const struct store *s, const char *class, const char *name, int how,
    const char *text);

/* Takes over descriptor fd, which a caller opened on the lock, and holds it from
 * here on.  Returns 0, or -1 with errno set: EBADF when it is not on that lock. */
int lock_inherit(const struct store *s, const char *class, const char *name, int fd);

/* Makes descriptor fd, which a caller opened on a file lock/new.*, the lock of
 * "class.name", which nobody knows yet: that file gets its name.  With fd -1 it is
 * made.  It is taken whatever else is held, since nobody can wait for it.  Returns
 * its descriptor; or -1 with errno set: EBADF when fd is not on such a file. */
int lock_new(const struct store *s, const char *class, const char *name, int fd);

/* Removes the file lock/new.* that fd is open on, if it still is one. */
void lock_forget_new(const struct store *s, int fd);

/* The lock of "class.name" for who works on what it protects: descriptor fd of a
 * caller; or, when that is -1, the one that shell has it on if that is on this lock,
 * or one of ours, taken now.  Returns it; or -1 with errno set: EWOULDBLOCK when
 * another holds it, EBADF when fd is not on it. */
int lock_adopt(const struct store *s, const char *class, const char *name, int fd);

/* Closes it, so that nobody holds it but who has inherited it; errno is kept. */
void lock_drop(int fd);

/* Whether somebody holds "class.name": 1 or 0, or -1 with errno set. */
int lock_held(const struct store *s, const char *class, const char *name);

/* Removes the file of a lock that its holder ends with. */
void lock_forget(const struct store *s, const char *class, const char *name);

/* --- id.c */

/* An id for a job or a group: a stamp of UTC, later than that of any before it
 * whatever the clock says, and name, in which what store_name_ok minds became '_'.
 * The caller holds the lock "jobs".  Returns 0, or -1 with errno set. */
int store_id(const struct store *s, const char *name, char id[STORE_NAME]);

/* The part of an id that is its name, or NULL when id has no stamp.  Ids of the last
 * version may end in ".N", which *n gets the length of the name without. */
const char *store_id_name(const char *id, size_t *n);

/* --- unit.c */

/* Adds to b the name by which the bundle at path, absolute and resolved, is known:
 * category/name where it lies in the tree (absolute and resolved, or NULL) like
 * that, else path with "%" and blanks as in a URL.  Returns 0, or -1 with errno
 * ENOMEM. */
int unit_of_path(struct buf *b, const char *path, const char *tree);

/* Adds to b the other name that unit, of the bundle at path, may have been built by: its
 * path, as when nobody told of the tree; or, where it has that name now, the category/name
 * that it has in a tree, if it can lie in one.  Returns 0, or -1 with errno ENOMEM. */
int unit_other_name(struct buf *b, const char *unit, const char *path);

/* Adds to b the file name that stands for unit: '/' and whatever store_name_ok minds
 * became '_'.  Returns 0, or -1 with errno ENOMEM. */
int unit_key(struct buf *b, const char *unit);

/* Adds to b what history calls unit: its name in the tree, or its folder's name. */
int unit_history_name(struct buf *b, const char *unit);

#endif
