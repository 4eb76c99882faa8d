#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>

#include "address.h"
#include "parse.h"

static const unsigned char mapped[12] = { [10] = 0xff, [11] = 0xff };

/* What is not for everybody (RFC 6890 and its registry), the narrower before the
 * wider. */
static const struct {
	const char *network, *kind;
} four[] = {
	{ "0.0.0.0/8", "unspecified" }, { "127.0.0.0/8", "loopback" },
	{ "10.0.0.0/8", "private" }, { "172.16.0.0/12", "private" },
	{ "192.168.0.0/16", "private" }, { "100.64.0.0/10", "private" },
	{ "169.254.0.0/16", "link-local" }, { "192.0.0.0/24", "reserved" },
	{ "192.0.2.0/24", "reserved" }, { "198.18.0.0/15", "reserved" },
	{ "198.51.100.0/24", "reserved" }, { "203.0.113.0/24", "reserved" },
	{ "224.0.0.0/4", "multicast" }, { "240.0.0.0/4", "reserved" },
}, six[] = {
	{ "::/128", "unspecified" }, { "::1/128", "loopback" },
	{ "fc00::/7", "private" }, { "fe80::/10", "link-local" },
	{ "fec0::/10", "private" }, { "ff00::/8", "multicast" },
	{ "2001::/23", "reserved" }, { "2001:db8::/32", "reserved" },
};

/* IPv6 networks whose addresses hold an IPv4 address, and where. */
static const struct {
	const char *network;
	size_t at;
} holds_four[] = {
	{ "64:ff9b::/96", 12 }, { "2002::/16", 2 },
};

/* Only this much of IPv6 has been given out (RFC 4291). */
static const char global[] = "2000::/3";

/* The 16 bytes of an address.  Returns 0, or -1 when it has none. */
static int
bytes_of(const struct sockaddr *a, unsigned char at[16])
{
	if (a->sa_family == AF_INET) {
		struct sockaddr_in in;

		memcpy(&in, a, sizeof(in));
		memcpy(at, mapped, sizeof(mapped));
		memcpy(at + sizeof(mapped), &in.sin_addr, 4);
		return 0;
	}
	if (a->sa_family == AF_INET6) {
		struct sockaddr_in6 in;

		memcpy(&in, a, sizeof(in));
		memcpy(at, &in.sin6_addr, 16);
		return 0;
	}
	return -1;
}

static int
has(const struct network *n, const unsigned char at[16])
{
	unsigned whole = n->bits / 8, rest = n->bits % 8;

	return !memcmp(n->at, at, whole) &&
	    (!rest || !((n->at[whole] ^ at[whole]) >> (8 - rest)));
}

static int
is_in(const char *network, const unsigned char at[16])
{
	struct network n;

	return network_parse(network, strlen(network), &n) == 0 && has(&n, at);
}

static const char *
kind_four(const unsigned char at[16])
{
	size_t i;

	for (i = 0; i < sizeof(four) / sizeof(*four); i++)
		if (is_in(four[i].network, at))
			return four[i].kind;
	return NULL;
}

static const char *
kind_six(const unsigned char at[16])
{
	unsigned char inner[16];
	size_t i;

	for (i = 0; i < sizeof(holds_four) / sizeof(*holds_four); i++)
		if (is_in(holds_four[i].network, at)) {
			memcpy(inner, mapped, sizeof(mapped));
			memcpy(inner + sizeof(mapped), at + holds_four[i].at, 4);
			return kind_four(inner);
		}
	for (i = 0; i < sizeof(six) / sizeof(*six); i++)
		if (is_in(six[i].network, at))
			return six[i].kind;
	return is_in(global, at) ? NULL : "reserved";
}

const char *
address_kind(const struct sockaddr *a)
{
	unsigned char at[16];

	if (bytes_of(a, at) < 0)
		return "local";
	return memcmp(at, mapped, sizeof(mapped)) ? kind_six(at) : kind_four(at);
}

int
network_parse(const char *s, size_t len, struct network *n)
{
	const char *slash = memchr(s, '/', len);
	size_t host = slash ? (size_t)(slash - s) : len;
	char text[INET6_ADDRSTRLEN], bits[4] = "";
	uint64_t most = 128, given;

	errno = EINVAL;
	if (host >= sizeof(text) || (slash && len - host - 1 >= sizeof(bits)))
		return -1;
	memcpy(text, s, host);
	text[host] = '\0';
	if (inet_pton(AF_INET, text, n->at + sizeof(mapped)) == 1) {
		memcpy(n->at, mapped, sizeof(mapped));
		most = 32;
	} else if (inet_pton(AF_INET6, text, n->at) != 1) {
		return -1;
	}
	given = most;
	if (slash)
		memcpy(bits, slash + 1, len - host - 1);
	if (slash && parse_uint(bits, 0, most, &given) < 0) {
		errno = EINVAL;
		return -1;
	}
	n->bits = (unsigned)(128 - most + given);
	return 0;
}

int
network_has(const struct network *n, const struct sockaddr *a)
{
	unsigned char at[16];

	return bytes_of(a, at) == 0 && has(n, at);
}

const char *
address_text(const struct sockaddr *a)
{
	static char text[INET6_ADDRSTRLEN];
	unsigned char at[16];

	if (bytes_of(a, at) < 0)
		return "an address of another kind";
	if (memcmp(at, mapped, sizeof(mapped)))
		inet_ntop(AF_INET6, at, text, sizeof(text));
	else
		inet_ntop(AF_INET, at + sizeof(mapped), text, sizeof(text));
	return text;
}
