#include <netdb.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

#include "fetch/proxy.h"
#include "fetch/url.h"

/* http_proxy is not read in capitals: a server may set that for a CGI program. */
static const char *const names[] = {
	"http_proxy", "https_proxy", "HTTPS_PROXY", "ftp_proxy", "FTP_PROXY",
	"all_proxy", "ALL_PROXY",
};
#define COUNT (sizeof(names) / sizeof(*names))

static struct addrinfo *found[COUNT];
static int looked;

/* The port that libcurl takes for a proxy without one. */
static const char *
port_of(const char *proxy, const struct url_host *h)
{
	return *h->port ? h->port : url_is(proxy, "https") ? "443" : "1080";
}

static void
look(void)
{
	struct addrinfo want = { .ai_socktype = SOCK_STREAM };
	struct url_host h;
	const char *proxy;
	size_t i;

	looked = 1;
	for (i = 0; i < COUNT; i++) {
		proxy = getenv(names[i]);
		if (!proxy || !*proxy || url_proxy(proxy, &h) < 0)
			continue;
		if (getaddrinfo(h.name, port_of(proxy, &h), &want, &found[i]))
			found[i] = NULL;
		url_host_free(&h);
	}
}

static int
same(const struct sockaddr *a, const struct sockaddr *b)
{
	struct sockaddr_in a4, b4;
	struct sockaddr_in6 a6, b6;

	if (a->sa_family != b->sa_family)
		return 0;
	if (a->sa_family == AF_INET) {
		memcpy(&a4, a, sizeof(a4));
		memcpy(&b4, b, sizeof(b4));
		return a4.sin_port == b4.sin_port &&
		    a4.sin_addr.s_addr == b4.sin_addr.s_addr;
	}
	if (a->sa_family != AF_INET6)
		return 0;
	memcpy(&a6, a, sizeof(a6));
	memcpy(&b6, b, sizeof(b6));
	return a6.sin6_port == b6.sin6_port &&
	    !memcmp(&a6.sin6_addr, &b6.sin6_addr, sizeof(a6.sin6_addr));
}

int
proxy_has(const struct sockaddr *a)
{
	const struct addrinfo *i;
	size_t n;

	if (!looked)
		look();
	for (n = 0; n < COUNT; n++)
		for (i = found[n]; i; i = i->ai_next)
			if (same(a, i->ai_addr))
				return 1;
	return 0;
}

void
proxy_free(void)
{
	size_t n;

	for (n = 0; n < COUNT; n++)
		if (found[n])
			freeaddrinfo(found[n]);
	memset(found, 0, sizeof(found));
	looked = 0;
}
