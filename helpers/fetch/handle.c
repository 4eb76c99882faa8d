/* A handle of libcurl made ready for a transfer. */
#include <errno.h>
#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "err.h"
#include "fetch/clock.h"
#include "fetch/net_internal.h"
#include "fetch/proxy.h"
#include "fetch/tls.h"

static char *ca_file, *ca_path;

/* The first of the variables that is set, as a full path: libcurl looks at
 * them later, from another working folder. */
static char *
env_path(const char *a, const char *b)
{
	const char *s = getenv(a);
	char *path;

	if (!s || !*s)
		s = getenv(b);
	if (!s || !*s)
		return NULL;
	path = realpath(s, NULL);
	return path ? path : strdup(s);
}

void
net_find_ca(void)
{
	ca_file = env_path("CURL_CA_BUNDLE", "SSL_CERT_FILE");
	ca_path = env_path("SSL_CERT_DIR", "SSL_CERT_DIR");
}

void
handle_end(void)
{
	free(ca_file);
	free(ca_path);
	ca_file = ca_path = NULL;
}

/* Whether this transfer may speak to the address, which belongs to its host or to a
 * proxy.  Asked for each connection, so that a name cannot mean one address when it is
 * looked at and another when it is used. */
static int
may_reach(struct net *t, const struct sockaddr *a)
{
	if (reach_has(net_opts.reach, a) ||
	    reach_has_host(net_opts.reach, t->host.name, t->host.port) ||
	    proxy_has(a))
		return 1;
	snprintf(t->barred, sizeof(t->barred), "%s is no public address (%s); --private, "
	    "or private in [fetch], can allow it", address_text(a), address_kind(a));
	return 0;
}

static curl_socket_t
on_socket(void *arg, curlsocktype purpose, struct curl_sockaddr *a)
{
	struct net *t = arg;

	if (purpose != CURLSOCKTYPE_IPCXN || !may_reach(t, &a->addr))
		return CURL_SOCKET_BAD;
	t->sockets++;
	return socket(a->family, a->socktype | SOCK_CLOEXEC, a->protocol);
}

/* The connection stands, and the request goes out: from now on time counts.  A server
 * may think for as long as it may be silent before the first window begins. */
static int
on_request(void *arg, char *to, char *from, int to_port, int from_port)
{
	struct net *t = arg;

	(void)to;
	(void)from;
	(void)to_port;
	(void)from_port;
	t->tls = tls_connection(t->easy);
	pace_begin(&t->pace, clock_ms() + 1000 * (uint64_t)net_opts.stall);
	return CURL_PREREQFUNC_OK;
}

/* Called once a second at least. */
static int
on_progress(void *arg, curl_off_t all, curl_off_t now, curl_off_t up_all,
    curl_off_t up_now)
{
	struct net *t = arg;

	(void)all;
	(void)now;
	(void)up_all;
	(void)up_now;
	t->slow = pace_slow(&t->pace, &net_opts.pace, clock_ms());
	return t->slow;
}

static int
add_header(struct net *t, const char *name, const char *value)
{
	struct curl_slist *list;
	char *line;

	if (!value)
		return 0;
	if (asprintf(&line, "%s: %s", name, value) < 0)
		return -1;
	list = curl.slist_append(t->headers, line);
	free(line);
	if (!list)
		return -1;
	t->headers = list;
	return 0;
}

static int
set_headers(struct net *t)
{
	const struct net_ask *a = &t->ask;

	if (add_header(t, "If-None-Match", a->if_none) < 0 ||
	    add_header(t, "If-Modified-Since", a->if_since) < 0 ||
	    add_header(t, "Cache-Control", a->fresh ? "no-cache" : NULL) < 0 ||
	    (a->from && add_header(t, "If-Range", a->if_range) < 0)) {
		errno = ENOMEM;
		return -1;
	}
	curl.easy_setopt(t->easy, CURLOPT_HTTPHEADER, t->headers);
	return 0;
}

/* HTTP gets its range as text, for libcurl's own resuming takes the answer
 * 200 (the file has changed) for an error. */
static void
set_range(struct net *t)
{
	char range[32];

	if (!t->ask.from)
		return;
	if (url_is(t->ask.url, "http") || url_is(t->ask.url, "https")) {
		snprintf(range, sizeof(range), "%lld-", t->ask.from);
		curl.easy_setopt(t->easy, CURLOPT_RANGE, range);
	} else {
		curl.easy_setopt(t->easy, CURLOPT_RESUME_FROM_LARGE,
		    (curl_off_t)t->ask.from);
	}
}

static void
set_limits(struct net *t)
{
	CURL *e = t->easy;

	curl.easy_setopt(e, CURLOPT_CONNECTTIMEOUT, net_opts.connect);
	curl.easy_setopt(e, CURLOPT_SERVER_RESPONSE_TIMEOUT, net_opts.stall);
	curl.easy_setopt(e, CURLOPT_LOW_SPEED_LIMIT, 1L);
	curl.easy_setopt(e, CURLOPT_LOW_SPEED_TIME, net_opts.stall);
	curl.easy_setopt(e, CURLOPT_PREREQFUNCTION, on_request);
	curl.easy_setopt(e, CURLOPT_PREREQDATA, t);
	curl.easy_setopt(e, CURLOPT_NOPROGRESS, 0L);
	curl.easy_setopt(e, CURLOPT_XFERINFOFUNCTION, on_progress);
	curl.easy_setopt(e, CURLOPT_XFERINFODATA, t);
	curl.easy_setopt(e, CURLOPT_OPENSOCKETFUNCTION, on_socket);
	curl.easy_setopt(e, CURLOPT_OPENSOCKETDATA, t);
	/* What an FTP server names for the data is its own address. */
	curl.easy_setopt(e, CURLOPT_FTP_SKIP_PASV_IP, 1L);
}

int
handle_set(struct net *t)
{
	CURL *e = t->easy;

	if (set_headers(t) < 0)
		return -1;
	curl.easy_setopt(e, CURLOPT_PRIVATE, t);
	curl.easy_setopt(e, CURLOPT_ERRORBUFFER, t->error);
	curl.easy_setopt(e, CURLOPT_PROTOCOLS_STR, "http,https,ftp,file");
	/* Redirects are followed by hand, so that each can be judged. */
	curl.easy_setopt(e, CURLOPT_FOLLOWLOCATION, 0L);
	curl.easy_setopt(e, CURLOPT_HTTP_CONTENT_DECODING, 0L);
	curl.easy_setopt(e, CURLOPT_USERAGENT, "aoinb/" AOINB_VERSION);
	curl.easy_setopt(e, CURLOPT_NOSIGNAL, 1L);
	curl.easy_setopt(e, CURLOPT_BUFFERSIZE, 512L << 10);
	if (ca_file)
		curl.easy_setopt(e, CURLOPT_CAINFO, ca_file);
	if (ca_path)
		curl.easy_setopt(e, CURLOPT_CAPATH, ca_path);
	tls_listen(e);
	set_limits(t);
	set_range(t);
	return 0;
}

/* An address in place of a name, and the name of this machine, are looked at before
 * anything is sent: a proxy would be asked for them, and no connection of ours tells
 * where that goes. */
static int
may_name(struct net *t)
{
	struct addrinfo want = { .ai_flags = AI_NUMERICHOST,
	    .ai_socktype = SOCK_STREAM }, *a;
	struct sockaddr_in local = { .sin_family = AF_INET,
	    .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	char name[256];
	size_t n;
	int may;

	snprintf(name, sizeof(name), "%s", t->host.name);
	n = strlen(name);
	if (n && name[n - 1] == '.')
		name[--n] = '\0';
	if (getaddrinfo(name, NULL, &want, &a) == 0) {
		may = may_reach(t, a->ai_addr);
		freeaddrinfo(a);
		return may;
	}
	return n < 9 || strncasecmp(name + n - 9, "localhost", 9) ||
	    (n > 9 && name[n - 10] != '.') ||
	    may_reach(t, (struct sockaddr *)(void *)&local);
}

int
handle_aim(struct net *t, const char *url)
{
	char *copy = strdup(url);

	if (!copy)
		return -1;
	free(t->url);
	t->url = copy;
	url_host_free(&t->host);
	t->wasted = t->sockets = 0;
	t->tls = NULL;
	*t->barred = '\0';
	pace_none(&t->pace);
	/* Without a host nobody is spoken to; libcurl says what is wrong. */
	if (!url_is(url, "file") && url_host(url, &t->host) == 0 && !may_name(t))
		return 0;
	if (!t->host.name && (!(t->host.name = strdup("")) ||
	    !(t->host.port = strdup(""))))
		return -1;
	if (curl.easy_setopt(t->easy, CURLOPT_URL, url) == CURLE_OK)
		return 1;
	errno = ENOMEM;
	return -1;
}
