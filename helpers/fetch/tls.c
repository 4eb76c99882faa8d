#include <stdint.h>
#include <string.h>

#include "lazy.h"
#include "vec.h"
#include "fetch/tls.h"

/* Of <openssl/ssl3.h>: what a record holds. */
enum { ALERT = 21, HANDSHAKE = 22, CLOSE_NOTIFY = 0 };

typedef void message(int written, int version, int type, const void *s, size_t len,
    const void *connection, void *arg);

static struct {
	void (*listen)(void *context, message *to);
} ssl;

/* Connections that were ended by the other end.  One may lie where an older one did. */
static VEC(const void *) ended;

static void
forget(const void *connection)
{
	size_t i;

	for (i = 0; i < ended.len; i++)
		if (ended.at[i] == connection)
			ended.at[i] = ended.at[--ended.len];
}

static void
on_message(int written, int version, int type, const void *s, size_t len,
    const void *connection, void *arg)
{
	const unsigned char *alert = s;

	(void)version;
	(void)arg;
	if (type == HANDSHAKE)
		forget(connection);
	/* When there is no room the end goes unnoticed, and the file is asked for
	 * again. */
	if (!written && type == ALERT && len == 2 && alert[1] == CLOSE_NOTIFY)
		(void)vec_push(&ended, connection);
}

static CURLcode
on_context(CURL *easy, void *context, void *arg)
{
	(void)easy;
	(void)arg;
	ssl.listen(context, on_message);
	return CURLE_OK;
}

/* Whether libcurl is one with OpenSSL, whose library is loaded already. */
static int
is_openssl(void)
{
	static const char *const libraries[] = { "libssl.so.3", NULL };
	static const char *const functions[] = { "SSL_CTX_set_msg_callback" };
	static int looked, is;
	const char *version;

	if (!looked++) {
		version = curl.version_info(CURLVERSION_NOW)->ssl_version;
		is = version && !strncmp(version, "OpenSSL/3", 9) &&
		    lazy_load(libraries, functions, 1, &ssl) == 0;
	}
	return is;
}

void
tls_listen(CURL *easy)
{
	if (is_openssl())
		curl.easy_setopt(easy, CURLOPT_SSL_CTX_FUNCTION, on_context);
}

const void *
tls_connection(CURL *easy)
{
	struct curl_tlssessioninfo *info = NULL;

	if (!is_openssl() || curl.easy_getinfo(easy, CURLINFO_TLS_SSL_PTR, &info) !=
	    CURLE_OK || !info || info->backend != CURLSSLBACKEND_OPENSSL)
		return NULL;
	return info->internals;
}

int
tls_ended(const void *connection)
{
	size_t i;

	for (i = 0; i < ended.len; i++)
		if (ended.at[i] == connection)
			return 1;
	return 0;
}

void
tls_free(void)
{
	vec_free(&ended);
}
