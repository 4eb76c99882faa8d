/* Going about in a tree without ever leaving it: each component is opened on
 * its own beneath the one before, never through a symlink, and stays open while
 * the names that follow are below it.  This needs no kernel newer than O_PATH,
 * and one open(2) when the folder changes. */
#ifndef UNPACK_WALK_H
#define UNPACK_WALK_H

#include <stddef.h>
#include <sys/types.h>

/* Folders within folders, at most; each costs a descriptor. */
#define WALK_DEEPEST 400

struct walk {
	int root;			/* stays the caller's */
	size_t depth;
	int fd[WALK_DEEPEST];		/* O_PATH */
	size_t end[WALK_DEEPEST];	/* where the component ends in path */
	char *path;			/* of the innermost; room bytes */
	size_t room;
};

/* A name as an archive has it, without "./" and double slashes, into out,
 * which has room for strlen(name) + 1.  The tree itself is "".  Returns 0, or
 * -1 with errno EBADMSG and *why told. */
int walk_clean(const char *name, char *out, const char **why);

/* The folder at the first len bytes of path (clean).  With make its missing
 * components are made with that mode.  Returns a descriptor that stays the
 * walk's, or -1 with errno set: ENOTDIR when something on the way is a symlink
 * or no folder, EMLINK when it is too deep. */
int walk_to(struct walk *w, const char *path, size_t len, mode_t make);

/* Forgets all open folders, for when one was removed. */
void walk_reset(struct walk *w);
void walk_free(struct walk *w);

#endif
