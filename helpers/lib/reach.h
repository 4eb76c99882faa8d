/* Who may be spoken to though his address is no public one: what [fetch] private in
 * aoinb.ini says, and whoever else the administrator has named. */
#ifndef AOINB_REACH_H
#define AOINB_REACH_H

#include "address.h"
#include "vec.h"

struct reach_host {
	char *name;
	char *port;		/* "": the scheme's own; NULL: any */
};

struct reach {
	int all;
	VEC(struct network) networks;
	VEC(struct reach_host) hosts;
};

/* Adds what words name, with blanks between: "no" is nothing, "yes" everybody, and
 * the others are hosts (build.lan, build.lan:8080), addresses, and networks such as
 * 10.0.0.0/8.  Returns NULL; or what is wrong, valid until the next call. */
const char *reach_add(struct reach *r, const char *words);

/* Adds the host of a URL, len bytes such as "build.lan:8080" or "[fd00::1]"; without
 * a port it is the scheme's own.  Returns 0, or -1 with errno ENOMEM. */
int reach_add_host(struct reach *r, const char *host, size_t len);

/* Whether the host of that name is allowed at that port, "" being the scheme's own;
 * and whether an address is, as one that is public or in one of the networks. */
int reach_has_host(const struct reach *r, const char *name, const char *port);
int reach_has(const struct reach *r, const struct sockaddr *a);

void reach_free(struct reach *r);

#endif
