/* What the container may not do. */
#ifndef RUN_CONFINE_H
#define RUN_CONFINE_H

/* Loads the system call filter: a list of what is denied, everything else, and
 * everything that comes after us, is let through.  Needs CAP_SYS_ADMIN, and
 * leaves no_new_privs unset.  With sandbox, user namespaces can be made.  Returns 0, or -1
 * with errno set. */
int confine_calls(int sandbox);

/* Gives up, for good, every capability but those that installing and building
 * packages takes.  Returns 0, or -1 with errno set. */
int confine_caps(void);

#endif
