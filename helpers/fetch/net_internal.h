/* What the files of net.h share. */
#ifndef FETCH_NET_INTERNAL_H
#define FETCH_NET_INTERNAL_H

#include <netinet/in.h>

#include "curl.h"
#include "fetch/net.h"
#include "fetch/pace.h"
#include "fetch/url.h"

struct net {
	struct net_ask ask;
	CURL *easy;
	struct curl_slist *headers;
	char *url;		/* where redirects have led */
	struct url_host host;	/* of that */
	int hops, begun, stopped, slow;
	int unsized;		/* only its connection's end is the body's */
	const void *tls;	/* as tls_connection has it */
	int sockets;		/* made since the last redirect */
	char barred[160];	/* an address that was not spoken to, and why */
	long wasted;		/* bytes of bodies that nobody wants */
	struct pace pace;
	char error[CURL_ERROR_SIZE];
	char why[CURL_ERROR_SIZE + 2048];
};

extern struct net_opts net_opts;

/* Sets all but the URL and where the body goes.  Returns 0, or -1 with errno ENOMEM. */
int handle_set(struct net *t);

/* Frees what handle_set keeps. */
void handle_end(void);

/* Points it to a URL, and nowhere else.  Returns 1; 0 when that is no place to ask, and
 * t->barred says why; or -1 with errno ENOMEM. */
int handle_aim(struct net *t, const char *url);

#endif
