/* A body without a length ends with the connection, and TLS tells that end from one
 * that somebody on the way made: by the alert close_notify.  libcurl with OpenSSL takes
 * both for an end; with GnuTLS it does not. */
#ifndef FETCH_TLS_H
#define FETCH_TLS_H

#include "curl.h"

/* Listens for that alert on the connections of easy. */
void tls_listen(CURL *easy);

/* What tells the connection from others that are open; NULL when it has no TLS, or none
 * that can be listened to.  For while easy has a connection. */
const void *tls_connection(CURL *easy);

/* Whether the other end of that connection, which may be closed since, said goodbye. */
int tls_ended(const void *connection);

/* Forgets all of them. */
void tls_free(void);

#endif
