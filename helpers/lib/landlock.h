/* Rights given up for good (landlock(7)): the one list of what writing is. */
#ifndef AOINB_LANDLOCK_H
#define AOINB_LANDLOCK_H

/* Whether programs can still be executed, from anywhere. */
enum landlock_exec { LANDLOCK_NO_EXEC, LANDLOCK_EXEC };

/* From now on this process, and whatever it starts, can make, change, cut off,
 * remove and rename files beneath the folder open as dir only; nor can it talk to
 * devices elsewhere, but, with LANDLOCK_EXEC, to /dev/null; or, where the kernel can tell, signal who has not given up
 * the same.  Reading stays as it is.  Privileges cannot be gained any more.
 * Returns 0; 1 with nothing changed where the kernel has no Landlock, or one that
 * cannot allow renames from folder to folder (before Linux 5.19); -1 with errno
 * set. */
int landlock_write_only(int dir, enum landlock_exec exec);

/* From now on this process, and whatever it starts, can connect to no abstract socket
 * that others made.  Takes CAP_SYS_ADMIN in its user namespace.  Returns 0; 1 with
 * nothing changed where the kernel cannot tell (before Linux 6.12); -1 with errno
 * set. */
int landlock_scope(void);

#endif
