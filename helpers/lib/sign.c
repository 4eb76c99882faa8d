#include <errno.h>
#include <openssl/evp.h>
#include <string.h>

#include "base64.h"
#include "lazy.h"
#include "sign.h"

#define STRING(x) STRING_OF(x)
#define STRING_OF(x) #x
#define LIBCRYPTO "libcrypto.so." STRING(OPENSSL_SHLIB_VERSION)

#define FUNCTIONS(X) \
	X(EVP_DigestSign) X(EVP_DigestSignInit) X(EVP_DigestVerify) X(EVP_DigestVerifyInit) \
	X(EVP_MD_CTX_free) X(EVP_MD_CTX_new) X(EVP_PKEY_free) \
	X(EVP_PKEY_get_raw_public_key) X(EVP_PKEY_new_raw_private_key) \
	X(EVP_PKEY_new_raw_public_key) X(EVP_Q_digest)

static LAZY_TABLE(FUNCTIONS) ssl;

static int
ssl_load(void)
{
	static const char *const libraries[] = { LIBCRYPTO, NULL };

	return ssl.EVP_Q_digest ? 0 : LAZY_LOAD(ssl, FUNCTIONS, libraries);
}

static int
fail(int err)
{
	errno = err;
	return -1;
}

/* The bytes of a key behind the header that DER has for this algorithm, or alone. */
static int
key_bytes(const char *text, const char *header, size_t header_len,
    unsigned char key[SIGN_KEY])
{
	const char *end, *at = strstr(text, "-----BEGIN ");
	struct buf b = { 0 };
	size_t skip = 0;
	int r = -1;

	if (at) {
		text = strchr(at, '\n');
		skip = header_len;
	}
	end = text ? strstr(text, "-----END ") : NULL;
	if (text && !end == !at &&
	    base64_get(&b, text, end ? (size_t)(end - text) : strlen(text)) == 0 &&
	    b.len == skip + SIGN_KEY && !memcmp(b.s, header, skip)) {
		memcpy(key, b.s + skip, SIGN_KEY);
		r = 0;
	}
	buf_free(&b);
	return r < 0 ? fail(EBADMSG) : 0;
}

int
sign_key(const char *text, unsigned char key[SIGN_KEY])
{
	return key_bytes(text, "\x30\x2a\x30\x05\x06\x03\x2b\x65\x70\x03\x21\x00", 12, key);
}

int
sign_secret(const char *text, unsigned char secret[SIGN_KEY])
{
	return key_bytes(text,
	    "\x30\x2e\x02\x01\x00\x30\x05\x06\x03\x2b\x65\x70\x04\x22\x04\x20", 16, secret);
}

int
sign_public(const unsigned char secret[SIGN_KEY], unsigned char key[SIGN_KEY])
{
	EVP_PKEY *pkey = ssl_load() < 0 ? NULL :
	    ssl.EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, NULL, secret, SIGN_KEY);
	size_t len = SIGN_KEY;
	int good = pkey && ssl.EVP_PKEY_get_raw_public_key(pkey, key, &len) == 1;

	if (pkey)
		ssl.EVP_PKEY_free(pkey);
	return good ? 0 : fail(ENOTSUP);
}

int
sign_make(const unsigned char secret[SIGN_KEY], const void *s, size_t len,
    unsigned char sig[SIGN_LEN])
{
	EVP_PKEY *pkey = ssl_load() < 0 ? NULL :
	    ssl.EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, NULL, secret, SIGN_KEY);
	EVP_MD_CTX *ctx = pkey ? ssl.EVP_MD_CTX_new() : NULL;
	size_t n = SIGN_LEN;
	int good = ctx && ssl.EVP_DigestSignInit(ctx, NULL, NULL, NULL, pkey) == 1 &&
	    ssl.EVP_DigestSign(ctx, sig, &n, s, len) == 1 && n == SIGN_LEN;

	if (ctx)
		ssl.EVP_MD_CTX_free(ctx);
	if (pkey)
		ssl.EVP_PKEY_free(pkey);
	return good ? 0 : fail(ENOTSUP);
}

int
sign_check(const unsigned char key[SIGN_KEY], const void *s, size_t len,
    const unsigned char sig[SIGN_LEN])
{
	EVP_PKEY *pkey = ssl_load() < 0 ? NULL :
	    ssl.EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, NULL, key, SIGN_KEY);
	EVP_MD_CTX *ctx = pkey ? ssl.EVP_MD_CTX_new() : NULL;
	int r = ctx && ssl.EVP_DigestVerifyInit(ctx, NULL, NULL, NULL, pkey) == 1 ?
	    ssl.EVP_DigestVerify(ctx, sig, SIGN_LEN, s, len) == 1 : -1;

	if (ctx)
		ssl.EVP_MD_CTX_free(ctx);
	if (pkey)
		ssl.EVP_PKEY_free(pkey);
	return r < 0 ? fail(ENOTSUP) : r;
}

int
sign_envelope(struct buf *out, const char *type, const char *payload, size_t len)
{
	return buf_printf(out, "DSSEv1 %zu %s %zu ", strlen(type), type, len) < 0 ? -1 :
	    buf_put(out, payload, len);
}

static int
sha256(const struct buf *b, unsigned char out[SIGN_HMAC])
{
	size_t n = SIGN_HMAC;

	return ssl.EVP_Q_digest(NULL, "SHA256", NULL, b->s, b->len, out, &n) == 1 ? 0 :
	    fail(ENOTSUP);
}

/* The key, padded and turned by pad, and then s. */
static int
hmac_half(const unsigned char block[64], unsigned char pad, const void *s, size_t len,
    unsigned char out[SIGN_HMAC])
{
	struct buf b = { 0 };
	int i, r = 0;

	for (i = 0; i < 64 && r == 0; i++)
		r = buf_putc(&b, (char)(block[i] ^ pad));
	if (r == 0 && (r = buf_put(&b, s, len)) == 0)
		r = sha256(&b, out);
	buf_free(&b);
	return r;
}

int
sign_hmac(const void *key, size_t key_len, const void *s, size_t len,
    unsigned char mac[SIGN_HMAC])
{
	unsigned char block[64] = { 0 }, inner[SIGN_HMAC];
	const struct buf whole = { (char *)key, key_len, 0 };

	if (ssl_load() < 0)
		return fail(ENOTSUP);
	if (key_len <= sizeof(block))
		memcpy(block, key, key_len);
	else if (sha256(&whole, block) < 0)
		return -1;
	return hmac_half(block, 0x36, s, len, inner) < 0 ||
	    hmac_half(block, 0x5c, inner, sizeof(inner), mac) < 0 ? -1 : 0;
}
