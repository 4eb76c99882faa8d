/* Transfers, many at once: the only door to libcurl.  Knows nothing of digests
 * or of the cache. */
#ifndef FETCH_NET_H
#define FETCH_NET_H

#include <stddef.h>

#include "reach.h"
#include "fetch/means.h"
#include "fetch/pace.h"

struct net_opts {
	long connect;		/* seconds to connect in */
	long stall;		/* seconds without a byte before giving up */
	long hosts;		/* connections to one host */
	struct pace_opts pace;	/* what a transfer has to bring on average */
	const struct reach *reach;	/* whose addresses need not be public */
};

/* What a server said before its body. */
struct net_head {
	long status;		/* HTTP's; 200 for other protocols, or 206 when
				 * they go on from where we asked */
	long long length;	/* of this body in bytes, -1 when not known */
	long long start, total;	/* of Content-Range, -1 when not known */
	const char *etag, *modified, *type;	/* "" when not sent */
};

/* What to ask for.  Strings must live until the end of the transfer. */
struct net_ask {
	const char *url;
	long long from;		/* bytes that we have already */
	const char *if_range;	/* only when it is still this; or NULL */
	const char *if_none, *if_since;	/* only when it is not this; or NULL */
	int fresh;		/* no cache on the way may answer */
	int sure;		/* a body that is cut off is found out later */

	/* The body begins (called once, also for an empty one); more of it.
	 * Each returns 0, or -1 to stop the transfer.  end is called last, and
	 * may start another transfer. */
	int (*begin)(void *arg, const struct net_head *head);
	int (*body)(void *arg, const char *s, size_t len);
	void (*end)(void *arg, int how, const char *why, long after);
	void *arg;
};

/* Remembers where CURL_CA_BUNDLE, SSL_CERT_FILE and SSL_CERT_DIR point to, as
 * curl(1) does and libcurl does not.  To be called before the working folder
 * is left. */
void net_find_ca(void);

/* Returns 0, or -1 with errno set: ENOTSUP when there is no libcurl. */
int net_init(const struct net_opts *o);
void net_free(void);

/* Starts one.  end gets why, in words without the URL, and after, the seconds
 * the server asked us to wait (0: it did not); it may be called before this returns. */
int net_start(const struct net_ask *ask);

/* Sends what was started since; for before a while in which there is no
 * net_wait. */
int net_send(void);

/* Lets transfers go on for ms milliseconds at most. */
int net_wait(int ms);

#endif
