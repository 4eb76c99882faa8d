/* Signatures by Ed25519 (RFC 8032), over the envelopes of DSSE; HMAC.  With digest.c
 * the only door to OpenSSL. */
#ifndef AOINB_SIGN_H
#define AOINB_SIGN_H

#include "buf.h"

enum { SIGN_KEY = 32, SIGN_LEN = 64, SIGN_HMAC = 32 };

/* Reads a public key: PEM text, or the base64 of its bytes.  Returns 0, or -1 with
 * errno EBADMSG. */
int sign_key(const char *text, unsigned char key[SIGN_KEY]);

/* The same of a secret key, as "openssl genpkey -algorithm ed25519" writes it. */
int sign_secret(const char *text, unsigned char secret[SIGN_KEY]);

/* The public key that belongs to secret.  Returns 0, or -1 with errno set. */
int sign_public(const unsigned char secret[SIGN_KEY], unsigned char key[SIGN_KEY]);

/* Signs len bytes at s.  Returns 0, or -1 with errno set: ENOTSUP where OpenSSL is
 * missing or cannot. */
int sign_make(const unsigned char secret[SIGN_KEY], const void *s, size_t len,
    unsigned char sig[SIGN_LEN]);

/* Whether sig is one of these bytes by key: 1 or 0; or -1 with errno set. */
int sign_check(const unsigned char key[SIGN_KEY], const void *s, size_t len,
    const unsigned char sig[SIGN_LEN]);

/* Adds to out what is signed in an envelope of DSSE: its type and payload, with
 * their lengths.  Returns 0, or -1 with errno ENOMEM. */
int sign_envelope(struct buf *out, const char *type, const char *payload, size_t len);

/* HMAC with SHA-256, RFC 2104.  Returns 0, or -1 with errno set. */
int sign_hmac(const void *key, size_t key_len, const void *s, size_t len,
    unsigned char mac[SIGN_HMAC]);

#endif
