/* A descriptor from one process to another, through a socket (unix(7)). */
#ifndef RUN_FDPASS_H
#define RUN_FDPASS_H

/* Returns 0, or -1 with errno set. */
int fdpass_send(int sock, int fd);

/* Waits for one.  Returns a descriptor, closed on exec; or -1 with errno set,
 * EPIPE when nobody has the other end any more. */
int fdpass_receive(int sock);

#endif
