#include <ctype.h>
#include <errno.h>
#include <openssl/evp.h>
#include <openssl/provider.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "digest.h"
#include "lazy.h"

#define STRING(x) STRING_OF(x)
#define STRING_OF(x) #x
#define LIBCRYPTO "libcrypto.so." STRING(OPENSSL_SHLIB_VERSION)

static const struct algo algos[] = {
	{ "sha256",    "SHA256",      64 },
	{ "sha512",    "SHA512",     128 },
	{ "sha384",    "SHA384",      96 },
	{ "sha224",    "SHA224",      56 },
	{ "sha1",      "SHA1",        40 },
	{ "md5",       "MD5",         32 },
	{ "blake2b",   "BLAKE2B-512", 128 },
	{ "blake2s",   "BLAKE2S-256", 64 },
	{ "sha3_224",  "SHA3-224",    56 },
	{ "sha3_256",  "SHA3-256",    64 },
	{ "sha3_384",  "SHA3-384",    96 },
	{ "sha3_512",  "SHA3-512",   128 },
	{ "whirlpool", "WHIRLPOOL",  128 },
};

#define FUNCTIONS(X) \
	X(EVP_DigestFinal_ex) X(EVP_DigestInit_ex2) X(EVP_DigestUpdate) \
	X(EVP_MD_CTX_copy_ex) X(EVP_MD_CTX_free) X(EVP_MD_CTX_new) \
	X(EVP_MD_fetch) X(EVP_MD_free) \
	X(OSSL_PROVIDER_load) X(OSSL_PROVIDER_unload)

/* libcrypto's, loaded with the first digest: many a run computes none. */
static LAZY_TABLE(FUNCTIONS) ssl;

static int
ssl_load(void)
{
	static const char *const libraries[] = { LIBCRYPTO, NULL };

	return ssl.EVP_MD_fetch ? 0 : LAZY_LOAD(ssl, FUNCTIONS, libraries);
}

static OSSL_PROVIDER *usual, *old;	/* loaded when first needed */

struct digest {
	EVP_MD *md;
	EVP_MD_CTX *ctx, *end;
};

const struct algo *
digest_algo(const char *name, size_t len)
{
	size_t i;

	for (i = 0; i < sizeof(algos) / sizeof(*algos); i++)
		if (strlen(algos[i].name) == len &&
		    !strncasecmp(algos[i].name, name, len))
			return &algos[i];
	return NULL;
}

const char *
digest_name(size_t i)
{
	return i < sizeof(algos) / sizeof(*algos) ? algos[i].name : NULL;
}

const char *
digest_parse(const char *s, const struct algo **algo, char hex[DIGEST_HEX])
{
	static char wrong[160];
	const char *mid = strstr(s, "::");
	size_t i, n;

	if (!mid) {
		snprintf(wrong, sizeof(wrong),
		    "not a digest (ALGO::HEX or SKIP): %.80s", s);
		return wrong;
	}
	*algo = digest_algo(s, (size_t)(mid - s));
	if (!*algo) {
		n = mid - s > 40 ? 40 : (size_t)(mid - s);
		snprintf(wrong, sizeof(wrong),
		    "unknown digest algorithm: %.*s", (int)n, s);
		return wrong;
	}
	mid += 2;
	n = strlen(mid);
	for (i = 0; i < n && isxdigit((unsigned char)mid[i]); i++)
		if (i < DIGEST_HEX - 1)
			hex[i] = (char)tolower((unsigned char)mid[i]);
	if (i < n || n != (*algo)->hex) {
		snprintf(wrong, sizeof(wrong),
		    "%s wants %zu hex digits, not: %.80s", (*algo)->name,
		    (*algo)->hex, mid);
		return wrong;
	}
	hex[n] = '\0';
	return NULL;
}

/* Loading any provider by hand turns off the automatic default one, so that
 * is loaded too. */
static EVP_MD *
md_fetch(const struct algo *algo)
{
	EVP_MD *md = ssl.EVP_MD_fetch(NULL, algo->evp, NULL);

	if (md || old)
		return md;
	usual = ssl.OSSL_PROVIDER_load(NULL, "default");
	old = usual ? ssl.OSSL_PROVIDER_load(NULL, "legacy") : NULL;
	return old ? ssl.EVP_MD_fetch(NULL, algo->evp, NULL) : NULL;
}

void
digest_end(void)
{
	if (old)
		ssl.OSSL_PROVIDER_unload(old);
	if (usual)
		ssl.OSSL_PROVIDER_unload(usual);
	old = usual = NULL;
}

struct digest *
digest_new(const struct algo *algo)
{
	struct digest *d;

	if (ssl_load() < 0 || !(d = calloc(1, sizeof(*d))))
		return NULL;
	d->md = md_fetch(algo);
	if (!d->md) {
		digest_free(d);
		errno = ENOTSUP;
		return NULL;
	}
	d->ctx = ssl.EVP_MD_CTX_new();
	d->end = ssl.EVP_MD_CTX_new();
	if (!d->ctx || !d->end || digest_reset(d) < 0) {
		digest_free(d);
		errno = ENOMEM;
		return NULL;
	}
	return d;
}

void
digest_free(struct digest *d)
{
	if (!d)
		return;
	ssl.EVP_MD_CTX_free(d->ctx);
	ssl.EVP_MD_CTX_free(d->end);
	ssl.EVP_MD_free(d->md);
	free(d);
}

/* OpenSSL's 1 for success as our 0. */
static int
done(int good)
{
	if (good == 1)
		return 0;
	errno = ENOMEM;
	return -1;
}

int
digest_reset(struct digest *d)
{
	return done(ssl.EVP_DigestInit_ex2(d->ctx, d->md, NULL));
}

int
digest_add(struct digest *d, const void *s, size_t len)
{
	return done(ssl.EVP_DigestUpdate(d->ctx, s, len));
}

int
digest_hex(struct digest *d, char hex[DIGEST_HEX])
{
	static const char digits[] = "0123456789abcdef";
	unsigned char raw[EVP_MAX_MD_SIZE];
	unsigned i, n;

	if (done(ssl.EVP_MD_CTX_copy_ex(d->end, d->ctx)) < 0 ||
	    done(ssl.EVP_DigestFinal_ex(d->end, raw, &n)) < 0)
		return -1;
	for (i = 0; i < n; i++) {
		hex[2 * i] = digits[raw[i] >> 4];
		hex[2 * i + 1] = digits[raw[i] & 15];
	}
	hex[2 * n] = '\0';
	return 0;
}

long long
digest_fd(struct digest *d, int fd, long long max)
{
	enum { ROOM = 1 << 18 };
	char *s = malloc(ROOM);
	long long all = 0;
	ssize_t n = 0;
	size_t want;

	if (!s)
		return -1;
	while (max < 0 || all < max) {
		want = max < 0 || max - all > ROOM ? ROOM : (size_t)(max - all);
		n = read(fd, s, want);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			break;
		if (digest_add(d, s, (size_t)n) < 0) {
			n = -1;
			break;
		}
		all += n;
	}
	free(s);
	return n < 0 ? -1 : all;
}

int
digest_key(const char *s, char hex[DIGEST_HEX])
{
	struct digest *d = digest_new(&algos[0]);
	int r = -1;

	if (d && digest_add(d, s, strlen(s)) == 0)
		r = digest_hex(d, hex);
	digest_free(d);
	return r;
}
