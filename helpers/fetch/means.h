/* How a transfer ended, out of what HTTP or libcurl says of it. */
#ifndef FETCH_MEANS_H
#define FETCH_MEANS_H

enum {
	NET_OK,			/* the body is whole, as far as can be told */
	NET_SAME,		/* it is still if_none or if_since */
	NET_STOPPED,		/* begin or body said so */
	NET_RANGE,		/* nothing there from "from" on */
	NET_MISSING,		/* no such file */
	NET_PASSING,		/* a failure that may pass */
	NET_REFUSED,		/* a failure that will not */
	NET_BARRED,		/* we do not speak to such an address */
};

/* Each returns one of these: for an HTTP status that is not success, and for an
 * error of libcurl (a CURLcode). */
int means_status(long status);
int means_error(int code);

#endif
