/* HTTP/1.1: the only door to libmicrohttpd.  Each connection has a thread, in which
 * handlers may wait. */
#ifndef SERVE_HTTP_H
#define SERVE_HTTP_H

#include "serve/req.h"

/* Answers on the listening socket from now on; admin when who connects to it, and is root
 * or this user, may do everything.  Returns 0, or -1 with errno set. */
int http_start(int socket, int admin);

/* Takes nothing new, ends what goes on, and returns when all of it has ended. */
void http_stop(void);

/* Whether http_stop was called: who waits for something gives up. */
int http_ending(void);

/* A header, a word of the query, a cookie; NULL when there is none. */
const char *http_header(const struct req *r, const char *name);
const char *http_query(const struct req *r, const char *name);
const char *http_cookie(const struct req *r, const char *name);

/* Whether the request came from the admin's socket, by root or this user. */
int http_admin(const struct req *r);

/* How many bytes the body has; -1 when that is not said. */
int64_t http_length(const struct req *r);

/* The connection is closed when it does nothing for so long, in seconds; 0: never. */
void http_timeout(const struct req *r, unsigned seconds);

/* Whether the client has closed the connection. */
int http_gone(const struct req *r);
int http_socket(const struct req *r);
int socket_gone(int fd);

#endif
