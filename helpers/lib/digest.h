/* Message digests by name: the only door to OpenSSL. */
#ifndef AOINB_DIGEST_H
#define AOINB_DIGEST_H

#include <stddef.h>

#define DIGEST_HEX 129		/* the longest, in hex, and its NUL */

struct algo {
	const char *name;	/* as in "name::hex" and in the cache */
	const char *evp;	/* OpenSSL's name */
	size_t hex;		/* how many hex digits */
};

/* By name in any case; NULL when there is no such algorithm. */
const struct algo *digest_algo(const char *name, size_t len);

/* The name of the i-th algorithm, NULL behind the last. */
const char *digest_name(size_t i);

/* Parses "ALGO::HEX" in any case; hex gets the digits in lower case.  Returns
 * NULL, or what is wrong with s in a few words (valid until the next call). */
const char *digest_parse(const char *s, const struct algo **algo,
    char hex[DIGEST_HEX]);

/* A digest being computed.  digest_new returns NULL with errno ENOTSUP when
 * this OpenSSL lacks the algorithm (whirlpool wants its legacy provider). */
struct digest;
struct digest *digest_new(const struct algo *algo);
void digest_free(struct digest *d);

/* Gives back what all of them shared; none may be left. */
void digest_end(void);

/* Back to no bytes at all; add bytes; the digest of all bytes so far, after
 * which more may be added.  Each returns 0, or -1 with errno ENOMEM. */
int digest_reset(struct digest *d);
int digest_add(struct digest *d, const void *s, size_t len);
int digest_hex(struct digest *d, char hex[DIGEST_HEX]);

/* Adds max bytes of fd at most from where it stands, or all of them when max
 * is negative.  Returns how many there were, or -1 with errno set. */
long long digest_fd(struct digest *d, int fd, long long max);

/* SHA-256 of a string, the key of what has no digest of its own. */
int digest_key(const char *s, char hex[DIGEST_HEX]);

#endif
