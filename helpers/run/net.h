/* The container's network: a loopback interface, and what slirp.h adds. */
#ifndef RUN_NET_H
#define RUN_NET_H

/* A new network namespace takes the kernel a quarter of the time in which a
 * container starts.  So the parent makes it, once pid 1 is on its way and
 * mounts file systems, and hands it over; the parent stays in it, where it has
 * no use for a network. */

/* In the parent: enters a new network namespace, and brings its loopback interface
 * up; with low, everybody may have its low ports, where /proc/sys can be written.  Returns
 * 0; 1 when that interface stays down, as we have no CAP_NET_ADMIN;
 * or -1 with errno set. */
int net_make(int low);

/* Sends it to whoever has the other end of the socket.  Returns 0, or -1 with errno
 * set, EPIPE when nobody has that any more. */
int net_send(int sock);

/* In pid 1: waits for that namespace and enters it.  Returns 0, or -1 with
 * errno set, EPIPE when the parent came to nothing. */
int net_join(int sock);

#endif
