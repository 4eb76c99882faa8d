/* How a transfer ended, out of what HTTP or libcurl says of it. */
#ifndef FETCH_MEANS_H
#define FETCH_MEANS_H

#include "fetch/curl.h"

/* Each returns one of net.h's NET_: for an HTTP status that is not success, and
 * for an error of libcurl. */
int means_status(long status);
int means_error(CURLcode code);

#endif
