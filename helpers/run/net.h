/* The container's network: a loopback interface and nothing else. */
#ifndef RUN_NET_H
#define RUN_NET_H

/* A new network namespace takes the kernel a quarter of the time in which a
 * container starts.  So the parent makes it, once pid 1 is on its way and
 * mounts file systems, and hands it over; the parent stays in it, where it has
 * no use for a network. */

/* In the parent: enters a new network namespace, brings its loopback interface
 * up, lets everybody have its low ports when low, and sends it to whoever has the other end of the socket.  Returns 0, or
 * -1 with errno set, EPIPE when nobody has that any more. */
int net_make(int sock, int low);

/* In pid 1: waits for that namespace and enters it.  Returns 0, or -1 with
 * errno set, EPIPE when the parent came to nothing. */
int net_join(int sock);

#endif
