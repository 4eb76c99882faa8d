#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>

#include "err.h"
#include "fetch/curl.h"
#include "fetch/net.h"

#define HOPS 10			/* redirects followed */
#define IDLE_BODY (64L << 10)	/* of a body nobody wants, to keep the connection */

struct net {
	struct net_ask ask;
	CURL *easy;
	struct curl_slist *headers;
	char *url;		/* where redirects have led */
	int hops, begun, stopped;
	long wasted;		/* bytes of bodies that nobody wants */
	char error[CURL_ERROR_SIZE];
	char why[CURL_ERROR_SIZE + 2048];
};

static CURLM *multi;
static struct net_opts opts;
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

int
net_init(const struct net_opts *o)
{
	opts = *o;
	if (curl_load() < 0)
		return -1;
	if (curl.global_init(CURL_GLOBAL_DEFAULT) == 0)
		multi = curl.multi_init();
	if (!multi) {
		errno = ENOMEM;
		return -1;
	}
	curl.multi_setopt(multi, CURLMOPT_MAX_HOST_CONNECTIONS, opts.hosts);
	return 0;
}

void
net_free(void)
{
	free(ca_file);
	free(ca_path);
	if (!multi)
		return;
	curl.multi_cleanup(multi);
	curl.global_cleanup();
	multi = NULL;
}

static int
is_scheme(const char *url, const char *scheme)
{
	size_t n = strlen(scheme);

	return !strncasecmp(url, scheme, n) && url[n] == ':';
}

int
net_file_ok(const char *url)
{
	struct stat st;
	char *path;
	int odd;

	if (!is_scheme(url, "file"))
		return 1;
	url += strlen("file://");
	url += strcspn(url, "/");
	path = curl.easy_unescape(NULL, url, 0, NULL);
	odd = path && stat(path, &st) == 0 && !S_ISREG(st.st_mode);
	curl.free(path);
	return !odd;
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

static int
begin(struct net *t)
{
	struct net_head h = { .start = -1, .total = -1 };
	curl_off_t length = -1;
	long long last;

	h.status = status_of(t);
	curl.easy_getinfo(t->easy, CURLINFO_CONTENT_LENGTH_DOWNLOAD_T, &length);
	h.length = length;
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
	    (a->from && add_header(t, "If-Range", a->if_range) < 0))
		return -1;
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
	if (is_scheme(t->url, "http") || is_scheme(t->url, "https")) {
		snprintf(range, sizeof(range), "%lld-", t->ask.from);
		curl.easy_setopt(t->easy, CURLOPT_RANGE, range);
	} else {
		curl.easy_setopt(t->easy, CURLOPT_RESUME_FROM_LARGE,
		    (curl_off_t)t->ask.from);
	}
}

static void
set_common(struct net *t)
{
	CURL *e = t->easy;

	curl.easy_setopt(e, CURLOPT_PRIVATE, t);
	curl.easy_setopt(e, CURLOPT_ERRORBUFFER, t->error);
	curl.easy_setopt(e, CURLOPT_WRITEFUNCTION, on_body);
	curl.easy_setopt(e, CURLOPT_WRITEDATA, t);
	curl.easy_setopt(e, CURLOPT_PROTOCOLS_STR, "http,https,ftp,file");
	/* Redirects are followed by hand, so that each can be judged. */
	curl.easy_setopt(e, CURLOPT_FOLLOWLOCATION, 0L);
	curl.easy_setopt(e, CURLOPT_HTTP_CONTENT_DECODING, 0L);
	curl.easy_setopt(e, CURLOPT_USERAGENT, "aoinb/" AOINB_VERSION);
	curl.easy_setopt(e, CURLOPT_NOSIGNAL, 1L);
	curl.easy_setopt(e, CURLOPT_BUFFERSIZE, 512L << 10);
	curl.easy_setopt(e, CURLOPT_CONNECTTIMEOUT, opts.connect);
	curl.easy_setopt(e, CURLOPT_LOW_SPEED_LIMIT, 1L);
	curl.easy_setopt(e, CURLOPT_LOW_SPEED_TIME, opts.stall);
	if (ca_file)
		curl.easy_setopt(e, CURLOPT_CAINFO, ca_file);
	if (ca_path)
		curl.easy_setopt(e, CURLOPT_CAPATH, ca_path);
}

static void
net_drop(struct net *t)
{
	if (t->easy)
		curl.easy_cleanup(t->easy);
	curl.slist_free_all(t->headers);
	free(t->url);
	free(t);
}

int
net_start(const struct net_ask *ask)
{
	struct net *t = calloc(1, sizeof(*t));

	if (!t)
		return -1;
	t->ask = *ask;
	t->url = strdup(ask->url);
	t->easy = curl.easy_init();
	if (!t->url || !t->easy || set_headers(t) < 0)
		goto fail;
	set_common(t);
	set_range(t);
	if (curl.easy_setopt(t->easy, CURLOPT_URL, t->url) == CURLE_OK &&
	    curl.multi_add_handle(multi, t->easy) == CURLM_OK)
		return 0;
fail:
	net_drop(t);
	errno = ENOMEM;
	return -1;
}

/* Goes where the server points to.  Returns 1 when under way again, 0 when
 * that is refused (t->why says it), -1 with errno set. */
static int
redirect(struct net *t, const char *to)
{
	char *url;

	if (++t->hops > HOPS) {
		snprintf(t->why, sizeof(t->why),
		    "more than %d redirects, the last one to %.1000s", HOPS, to);
		return 0;
	}
	if (!is_scheme(to, "https") &&
	    (!is_scheme(to, "http") || is_scheme(t->url, "https"))) {
		snprintf(t->why, sizeof(t->why),
		    "redirect from %.1000s to %.1000s refused", t->url, to);
		return 0;
	}
	url = strdup(to);
	if (!url)
		return -1;
	free(t->url);
	t->url = url;
	t->wasted = 0;
	if (curl.easy_setopt(t->easy, CURLOPT_URL, url) == CURLE_OK &&
	    curl.multi_add_handle(multi, t->easy) == CURLM_OK)
		return 1;
	errno = ENOMEM;
	return -1;
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
	char *to = NULL;
	int r;

	if (t->stopped)
		return NET_STOPPED;
	if (code == CURLE_WRITE_ERROR && t->wasted > IDLE_BODY)
		code = CURLE_OK;	/* we did not want the rest */
	if (code != CURLE_OK)
		return error_means(t, code);
	curl.easy_getinfo(t->easy, CURLINFO_REDIRECT_URL, &to);
	if (to && status >= 300 && status < 400) {
		r = redirect(t, to);
		if (r < 0)
			snprintf(t->why, sizeof(t->why), "out of memory");
		return r == 1 ? -1 : NET_REFUSED;
	}
	if (status != 200 && status != 206)
		return status_means(t, status);
	if (!t->begun && begin(t) < 0)
		return NET_STOPPED;
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
