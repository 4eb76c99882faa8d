/* Reading packages is reading what strangers wrote. */
#ifndef REPO_SANDBOX_H
#define REPO_SANDBOX_H

#include <sys/types.h>

enum {
	SANDBOX_MEMORY = 1 << 30,	/* bytes of address space */
	SANDBOX_FILE = 1 << 28,		/* bytes of a file that is written */
	SANDBOX_CPU = 600,		/* seconds */
};

/* Makes the folder path, seen from dir, for who is in the sandbox to write to, after
 * removing what is there.  Returns a descriptor, or -1 with errno set. */
int sandbox_folder(int dir, const char *path);

/* From now on this process, when it was root's, is nobody's: it has no network and no
 * privileges, the limits above, and writes to the folder open as dir only.  Returns 0, or
 * -1 with errno set. */
int sandbox_enter(int dir);

#endif
