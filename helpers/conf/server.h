/* Who a client asks, and as whom. */
#ifndef AOINB_CONF_SERVER_H
#define AOINB_CONF_SERVER_H

#include "buf.h"
#include "conf/conf.h"

/* Adds to out a configuration for curl(1), with the token; the first line is a comment, the
 * server's address.  The environment goes before c.  Says why, and ends the program, when there is
 * no server, or one of them cannot be. */
void server_print(const struct conf *c, struct buf *out);

#endif
