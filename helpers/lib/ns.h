/* The right to make namespaces. */
#ifndef AOINB_NS_H
#define AOINB_NS_H

/* Keeps what we have when that is CAP_SYS_ADMIN; else enters a user namespace
 * in which the caller's uid and gid, and no others, are root's.  Returns 0, or
 * -1 with errno set: EPERM where the kernel is told not to let users do that. */
int ns_privilege(void);

/* Whether we are in a user namespace, ours or somebody's: not all of the
 * machine's ids mean themselves. */
int ns_in_user(void);

#endif
