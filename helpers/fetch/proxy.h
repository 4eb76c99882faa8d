/* The proxies that the environment names, as libcurl takes them from it. */
#ifndef FETCH_PROXY_H
#define FETCH_PROXY_H

#include <sys/socket.h>

/* Whether that address and port are those of one of them.  They are looked up when
 * first asked for.  For after curl_load. */
int proxy_has(const struct sockaddr *a);

/* Forgets them. */
void proxy_free(void);

#endif
