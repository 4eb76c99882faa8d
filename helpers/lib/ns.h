/* The right to make namespaces. */
#ifndef AOINB_NS_H
#define AOINB_NS_H

/* Whether we have the capability cap of linux/capability.h, and it counts. */
int ns_has_cap(int cap);

/* Keeps what we have when that is CAP_SYS_ADMIN; else enters a user namespace
 * in which the caller's uid and gid, and no others, are root's.  Returns 0, or
 * -1 with errno set: EPERM where the kernel is told not to let users do that. */
int ns_privilege(void);

/* Ids of a user namespace: 0 and up inside, as many as any distribution's files
 * have.  Ranges begin at multiples of that. */
#define NS_IDS 65536U

/* A new user namespace in which 0 to NS_IDS - 1, users and groups, are first and
 * up of ours.  It belongs to the user first, so that what is counted by user
 * (inotify, processes, keys) is counted in there and for him, not for root.
 * Returns its descriptor, closed on exec; or -1 with errno set: EPERM where we may
 * not, or have no such ids ourselves, ENOSPC where user.max_user_namespaces is
 * reached. */
int ns_user_new(unsigned int first);

/* From now on files that we make belong to the user and group id, and we keep all
 * of root's privileges.  Returns 0, or -1 with errno set. */
int ns_files_as(unsigned int id);

/* Enters a user namespace as its root, in no other group.  Returns 0, or -1 with
 * errno set.  Forgets proc_die_with. */
int ns_user_enter(int fd);

/* A range of NS_IDS ids that nobody else on this machine has got from here, *first
 * and up, for as long as the descriptor that is returned is open in anybody: it
 * stays open on exec.  Or -1 with errno set, EAGAIN when all are taken. */
int ns_range_take(unsigned int *first);

/* Whether we are in a user namespace, ours or somebody's: not all of the
 * machine's ids mean themselves. */
int ns_in_user(void);

#endif
