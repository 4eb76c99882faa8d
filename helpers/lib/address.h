/* Addresses of the Internet: which are for everybody, and which belong to the machine
 * or the network that it stands in. */
#ifndef AOINB_ADDRESS_H
#define AOINB_ADDRESS_H

#include <stddef.h>
#include <sys/socket.h>

/* A network, or one address when bits are all that it has. */
struct network {
	unsigned char at[16];	/* IPv4 as ::ffff:a.b.c.d */
	unsigned bits;		/* that count, of 128 */
};

/* What an address is that is no public one, in a word or two: "loopback",
 * "private", "link-local" ...; NULL when it is public.  An IPv6 address that stands for
 * an IPv4 one is what that is.  What is neither IPv4 nor IPv6 is "local". */
const char *address_kind(const struct sockaddr *a);

/* "10.0.0.0/8", "fd00::/8", or an address without a slash, in the first len bytes
 * of s.  Returns 0, or -1 with errno EINVAL. */
int network_parse(const char *s, size_t len, struct network *n);

/* Whether the address is in it. */
int network_has(const struct network *n, const struct sockaddr *a);

/* The address as text, without a port; in a buffer that the next call reuses. */
const char *address_text(const struct sockaddr *a);

#endif
