#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "fetch/net_internal.h"
#include "fetch/proxy.h"
#include "fetch/tls.h"

#define HOPS 10			/* redirects followed */
#define IDLE_BODY (64L << 10)	/* of a body nobody wants, to keep the connection */

struct net_opts net_opts;
static CURLM *multi;

int
net_init(const struct net_opts *o)
{
	net_opts = *o;
	if (curl_load() < 0)
		return -1;
	if (curl.global_init(CURL_GLOBAL_DEFAULT) == 0)
		multi = curl.multi_init();
	if (!multi) {
		errno = ENOMEM;
		return -1;
	}
	curl.multi_setopt(multi, CURLMOPT_MAX_HOST_CONNECTIONS, net_opts.hosts);
	return 0;
}

void
net_free(void)
{
	handle_end();
	proxy_free();
	tls_free();
	if (!multi)
		return;
	curl.multi_cleanup(multi);
	curl.global_cleanup();
	multi = NULL;
}

/* A header of the last answer, of a proxy's CONNECT never; "" for none. */
static const char *
header(CURL *easy, const char *name)
{
	struct curl_header *h;

	if (curl.easy_header(easy, name, 0, CURLH_HEADER, -1, &h) != CURLHE_OK)
		return "";
	return h->value;
}

/* Whether HTTP is spoken.  The URL does not tell: a proxy may be asked for
 * ftp: by HTTP. */
static int
by_http(struct net *t)
{
	char *scheme = NULL;

	curl.easy_getinfo(t->easy, CURLINFO_SCHEME, &scheme);
	return scheme && !strncasecmp(scheme, "http", 4);
}

static long
status_of(struct net *t)
{
	long status = 0;

	if (!by_http(t))
		return t->ask.from ? 206 : 200;
	curl.easy_getinfo(t->easy, CURLINFO_RESPONSE_CODE, &status);
	return status;
}

/* Whether nothing but the end of the connection tells where the body ends. */
static int
is_unsized(struct net *t, curl_off_t length)
{
	long version = CURL_HTTP_VERSION_NONE;

	curl.easy_getinfo(t->easy, CURLINFO_HTTP_VERSION, &version);
	return by_http(t) && length < 0 && version < CURL_HTTP_VERSION_2_0 &&
	    !strcasestr(header(t->easy, "Transfer-Encoding"), "chunked");
}

static int
begin(struct net *t)
{
	struct net_head h = { .start = -1, .total = -1 };
	curl_off_t length = -1;
	long long last;

	h.status = status_of(t);
	curl.easy_getinfo(t->easy, CURLINFO_CONTENT_LENGTH_DOWNLOAD_T, &length);
	h.length = length;
	t->unsized = is_unsized(t, length);
	h.etag = header(t->easy, "ETag");
	h.modified = header(t->easy, "Last-Modified");
	h.type = header(t->easy, "Content-Type");
	sscanf(header(t->easy, "Content-Range"), "bytes %lld-%lld/%lld",
	    &h.start, &last, &h.total);
	if (!by_http(t))
		h.start = t->ask.from;
	t->begun = 1;
	if (t->ask.begin(t->ask.arg, &h) < 0)
		t->stopped = 1;
	return t->stopped ? -1 : 0;
}

/* libcurl's write callback. */
static size_t
on_body(char *s, size_t one, size_t len, void *arg)
{
	struct net *t = arg;
	long status;

	(void)one;
	t->pace.got += (long long)len;
	if (!t->begun) {
		status = status_of(t);
		if (status != 200 && status != 206) {
			t->wasted += (long)len;
			return t->wasted > IDLE_BODY ? 0 : len;
		}
		if (begin(t) < 0)
			return 0;
	}
	if (t->ask.body(t->ask.arg, s, len) < 0) {
		t->stopped = 1;
		return 0;
	}
	return len;
}

static void
net_drop(struct net *t)
{
	if (t->easy)
		curl.easy_cleanup(t->easy);
	curl.slist_free_all(t->headers);
	url_host_free(&t->host);
	free(t->url);
	free(t);
}

/* Sends it to a URL.  Returns 1 when under way, 0 when that is refused (t->barred
 * says why), -1 with errno set. */
static int
go(struct net *t, const char *url)
{
	int r = handle_aim(t, url);

	if (r == 1 && curl.multi_add_handle(multi, t->easy) != CURLM_OK) {
		errno = ENOMEM;
		r = -1;
	}
	return r;
}

int
net_start(const struct net_ask *ask)
{
	struct net *t = calloc(1, sizeof(*t));
	int r = -1;

	if (!t)
		return -1;
	t->ask = *ask;
	t->easy = curl.easy_init();
	if (t->easy && handle_set(t) == 0) {
		curl.easy_setopt(t->easy, CURLOPT_WRITEFUNCTION, on_body);
		curl.easy_setopt(t->easy, CURLOPT_WRITEDATA, t);
		r = go(t, ask->url);
	}
	if (r == 1)
		return 0;
	if (r == 0)
		ask->end(ask->arg, NET_BARRED, t->barred, 0);
	net_drop(t);
	errno = ENOMEM;
	return r;
}

/* Goes where the server points to.  Returns -1 when under way again, else how it ended
 * instead, and t->why says why. */
static int
redirect(struct net *t, const char *to)
{
	char from[1024];

	if (++t->hops > HOPS) {
		snprintf(t->why, sizeof(t->why),
		    "more than %d redirects, the last one to %.1000s", HOPS, to);
		return NET_REFUSED;
	}
	if (!url_is(to, "https") &&
	    (!url_is(to, "http") || url_is(t->url, "https"))) {
		snprintf(t->why, sizeof(t->why),
		    "redirect from %.1000s to %.1000s refused", t->url, to);
		return NET_REFUSED;
	}
	snprintf(from, sizeof(from), "%s", t->url);
	switch (go(t, to)) {
	case 1:
		return -1;
	case 0:
		snprintf(t->why, sizeof(t->why), "redirect from %s to %.1000s "
		    "refused: %s", from, to, t->barred);
		return NET_BARRED;
	}
	snprintf(t->why, sizeof(t->why), "out of memory");
	return NET_REFUSED;
}

/* Whether the answer points elsewhere; *how is then what redirect returned.  It does
 * not come to this from libcurl, which tells where to only when it read the whole
 * body. */
static int
redirected(struct net *t, long status, int *how)
{
	const char *location = header(t->easy, "Location");
	char *to;

	if (status < 300 || status >= 400 || status == 304 || !*location)
		return 0;
	to = url_join(t->url, location);
	if (to) {
		*how = redirect(t, to);
	} else {
		snprintf(t->why, sizeof(t->why), "redirect to what is no URL: %.1000s",
		    location);
		*how = NET_REFUSED;
	}
	free(to);
	return 1;
}

/* What an HTTP status that is not success means. */
static int
status_means(struct net *t, long status)
{
	snprintf(t->why, sizeof(t->why), "the server answered %ld", status);
	return means_status(status);
}

static int
error_means(struct net *t, CURLcode code)
{
	if (code == CURLE_ABORTED_BY_CALLBACK && t->slow) {
		snprintf(t->why, sizeof(t->why), "less than %llu bytes a second for %llu "
		    "seconds (--least-speed)", (unsigned long long)net_opts.pace.least,
		    (unsigned long long)net_opts.pace.window);
		return NET_PASSING;
	}
	if (code == CURLE_COULDNT_CONNECT && *t->barred && !t->sockets) {
		snprintf(t->why, sizeof(t->why), "%s", t->barred);
		return NET_BARRED;
	}
	snprintf(t->why, sizeof(t->why), "%s",
	    *t->error ? t->error : curl.easy_strerror(code));
	return means_error((int)code);
}

/* How a transfer that libcurl is done with ended; -1 when it goes on
 * elsewhere. */
static int
ending(struct net *t, CURLcode code)
{
	long status = status_of(t);
	int how;

	if (t->stopped)
		return NET_STOPPED;
	if (code == CURLE_WRITE_ERROR && t->wasted > IDLE_BODY)
		code = CURLE_OK;	/* we did not want the rest */
	if (code != CURLE_OK)
		return error_means(t, code);
	if (by_http(t) && redirected(t, status, &how))
		return how;
	if (status != 200 && status != 206)
		return status_means(t, status);
	if (!t->begun && begin(t) < 0)
		return NET_STOPPED;
	if (t->unsized && !t->ask.sure && t->tls && !tls_ended(t->tls)) {
		snprintf(t->why, sizeof(t->why), "the server gives no length, and the "
		    "connection was cut off");
		return NET_PASSING;
	}
	return NET_OK;
}

static void
net_done(struct net *t, CURLcode code)
{
	curl_off_t after = 0;
	int how;

	curl.multi_remove_handle(multi, t->easy);
	how = ending(t, code);
	if (how < 0)
		return;
	curl.easy_getinfo(t->easy, CURLINFO_RETRY_AFTER, &after);
	t->ask.end(t->ask.arg, how, t->why, (long)after);
	net_drop(t);
}

int
net_send(void)
{
	int n;

	if (curl.multi_perform(multi, &n) == CURLM_OK)
		return 0;
	errno = ENOMEM;
	return -1;
}

/* Ends the transfers that libcurl is done with.  Returns how many. */
static int
net_reap(void)
{
	CURLMsg *msg;
	char *t;
	int n, ended = 0;

	for (; (msg = curl.multi_info_read(multi, &n)); ended++)
		if (msg->msg == CURLMSG_DONE &&
		    curl.easy_getinfo(msg->easy_handle, CURLINFO_PRIVATE, &t) ==
		    CURLE_OK)
			net_done((struct net *)(void *)t, msg->data.result);
	return ended;
}

/* What ended while something was sent is not to wait for anything else. */
int
net_wait(int ms)
{
	if (net_reap())
		return 0;
	if (curl.multi_poll(multi, NULL, 0, ms, NULL) != CURLM_OK) {
		errno = ENOMEM;
		return -1;
	}
	if (net_send() < 0)
		return -1;
	net_reap();
	return 0;
}
