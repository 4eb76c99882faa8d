/* Sockets to listen on, and what systemd(1) tells and is told. */
#ifndef SERVE_LISTEN_H
#define SERVE_LISTEN_H

/* Listens on HOST:PORT, [HOST]:PORT or unix:PATH.  Returns the socket; or -1 with errno
 * set, EINVAL when address is none of these. */
int listen_on(const char *address);

/* A socket at path that its owner alone can connect to. */
int listen_private(const char *path);

/* How many sockets systemd handed over, from descriptor 3 on. */
int listen_handed(void);

/* What a client is to be given for it: "http://HOST:PORT" or "unix:PATH". */
void listen_name(int fd, char *name, unsigned long size);

/* Tells systemd, if it asked for that: "READY=1", "STOPPING=1". */
void listen_notify(const char *state);

#endif
