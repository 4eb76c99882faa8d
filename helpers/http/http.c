#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "curl.h"
#include "err.h"
#include "json.h"
#include "parse.h"
#include "plain.h"
#include "http/http.h"
#include "http/wait.h"

/* A body of so few bytes is sent without asking whether it is wanted. */
enum { SMALL = 1 << 20 };

struct call {
	const struct http_ask *ask;
	struct http_answer *a;
	int64_t sent;
	char error[CURL_ERROR_SIZE];
};

long http_stall = 60;
const char *http_socket;

/* One handle, so that the next request finds the connection open. */
static CURL *easy;
static char *ca_file, *ca_path;

int
http_init(void)
{
	const char *s;

	if (curl_load() < 0)
		return -1;
	if (curl.global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK || !(easy = curl.easy_init())) {
		errno = ENOTSUP;
		return -1;
	}
	s = getenv("CURL_CA_BUNDLE");
	if (!s || !*s)
		s = getenv("SSL_CERT_FILE");
	if (s && *s)
		ca_file = realpath(s, NULL);
	s = getenv("SSL_CERT_DIR");
	if (s && *s)
		ca_path = realpath(s, NULL);
	return 0;
}

void
http_end(void)
{
	curl.easy_cleanup(easy);
	curl.global_cleanup();
	free(ca_file);
	free(ca_path);
}

static size_t
on_read(char *to, size_t size, size_t n, void *arg)
{
	struct call *c = arg;
	int64_t left = c->ask->size - c->sent;
	ssize_t got;

	size *= n;
	if ((int64_t)size > left)
		size = (size_t)left;
	got = pread(c->ask->fd, to, size, c->ask->from + c->sent);
	/* A file that became shorter is not sent as another. */
	if (got < 0 || (got == 0 && left))
		return CURL_READFUNC_ABORT;
	c->sent += got;
	return (size_t)got;
}

static int
on_seek(void *arg, curl_off_t to, int whence)
{
	struct call *c = arg;

	if (whence != SEEK_SET)
		return CURL_SEEKFUNC_CANTSEEK;
	c->sent = to;
	return CURL_SEEKFUNC_OK;
}

static size_t
on_body(char *s, size_t size, size_t n, void *arg)
{
	struct call *c = arg;
	long status = 0;

	n *= size;
	curl.easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &status);
	if (c->ask->sink && status / 100 == 2)
		return c->ask->sink(c->ask->arg, status, s, n) < 0 ? 0 : n;
	if (c->a->body.len + n > HTTP_BODY) {
		c->a->too_long = 1;
		return 0;
	}
	return buf_put(&c->a->body, s, n) < 0 ? 0 : n;
}

/* The value of the header line s when it is called name; else NULL. */
static const char *
value(const char *s, const char *name)
{
	size_t n = strlen(name);

	if (strncasecmp(s, name, n) || s[n] != ':')
		return NULL;
	s += n + 1;
	return s + strspn(s, " \t");
}

static void
number(const char *s, int64_t most, int64_t *to)
{
	uint64_t n;

	if (s && parse_uint(s, 0, (uint64_t)most, &n) == 0)
		*to = (int64_t)n;
}

static size_t
on_head(char *s, size_t size, size_t n, void *arg)
{
	struct call *c = arg;
	struct http_answer *a = c->a;
	int64_t interval = a->interval, after = a->after;
	char line[512];
	const char *v;

	n *= size;
	snprintf(line, sizeof(line), "%.*s", (int)n, s);
	line[strcspn(line, "\r\n")] = '\0';
	if (!strncmp(line, "HTTP/", 5)) {	/* what came before was not the answer */
		a->offset = -1;
		a->complete = 0;
		return n;
	}
	number(value(line, "Upload-Offset"), INT64_MAX, &a->offset);
	number(value(line, "Aoinb-Interval"), 3600, &interval);
	number(value(line, "Retry-After"), 3600, &after);
	a->interval = (long)interval;
	a->after = (long)after;
	if ((v = value(line, "Upload-Complete")))
		a->complete = !strcmp(v, "?1");
	if ((v = value(line, "Aoinb-Do")))
		a->cancel = !strcmp(v, "cancel");
	if ((v = value(line, "Aoinb-Drain"))) {
		snprintf(a->drain, sizeof(a->drain), "%.*s", (int)sizeof(a->drain) - 1, v);
		plain_line(a->drain);
	}
	return n;
}

static int
on_progress(void *arg, curl_off_t all, curl_off_t now, curl_off_t up_all, curl_off_t up_now)
{
	(void)arg;
	(void)all;
	(void)now;
	(void)up_all;
	(void)up_now;
	return wait_stopped();
}

static int
add(struct curl_slist **list, const char *line)
{
	struct curl_slist *more = curl.slist_append(*list, line);

	if (more)
		*list = more;
	return more ? 0 : -1;
}

/* The lines of the request.  A secret is here, and in no argument of a program. */
static int
heads(const struct http_ask *ask, struct curl_slist **list)
{
	char line[1024];
	size_t i;

	if (ask->bearer) {
		if (snprintf(line, sizeof(line), "Authorization: Bearer %s", ask->bearer) >=
		    (int)sizeof(line) || add(list, line) < 0)
			return -1;
		explicit_bzero(line, sizeof(line));
	}
	if (ask->type) {
		snprintf(line, sizeof(line), "Content-Type: %s", ask->type);
		if (add(list, line) < 0)
			return -1;
	}
	for (i = 0; i < sizeof(ask->heads) / sizeof(*ask->heads) && ask->heads[i]; i++)
		if (add(list, ask->heads[i]) < 0)
			return -1;
	return ask->size <= SMALL ? add(list, "Expect:") : 0;
}

static void
set_limits(const struct http_ask *ask)
{
	/* Whether the server is slow to read, to think or to write: it is the same. */
	curl.easy_setopt(easy, CURLOPT_CONNECTTIMEOUT, 20L);
	curl.easy_setopt(easy, CURLOPT_LOW_SPEED_LIMIT, 1L);
	curl.easy_setopt(easy, CURLOPT_LOW_SPEED_TIME, http_stall + ask->wait);
	curl.easy_setopt(easy, CURLOPT_NOPROGRESS, 0L);
	curl.easy_setopt(easy, CURLOPT_XFERINFOFUNCTION, on_progress);
	curl.easy_setopt(easy, CURLOPT_TCP_KEEPALIVE, 1L);
	curl.easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
	curl.easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
	curl.easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 0L);
	curl.easy_setopt(easy, CURLOPT_USERAGENT, "aoinb/" AOINB_VERSION);
	if (ca_file)
		curl.easy_setopt(easy, CURLOPT_CAINFO, ca_file);
	if (ca_path)
		curl.easy_setopt(easy, CURLOPT_CAPATH, ca_path);
	if (http_socket)
		curl.easy_setopt(easy, CURLOPT_UNIX_SOCKET_PATH, http_socket);
}

static void
set_body(struct call *c)
{
	const struct http_ask *ask = c->ask;

	if (!strcmp(ask->method, "HEAD")) {
		curl.easy_setopt(easy, CURLOPT_NOBODY, 1L);
	} else if (ask->size) {
		curl.easy_setopt(easy, CURLOPT_UPLOAD, 1L);
		curl.easy_setopt(easy, CURLOPT_INFILESIZE_LARGE, (curl_off_t)ask->size);
		curl.easy_setopt(easy, CURLOPT_READFUNCTION, on_read);
		curl.easy_setopt(easy, CURLOPT_READDATA, c);
		curl.easy_setopt(easy, CURLOPT_SEEKFUNCTION, on_seek);
		curl.easy_setopt(easy, CURLOPT_SEEKDATA, c);
	} else if (strcmp(ask->method, "GET")) {
		curl.easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)ask->len);
		curl.easy_setopt(easy, CURLOPT_POSTFIELDS, ask->len ? ask->text : "");
		curl.easy_setopt(easy, CURLOPT_CUSTOMREQUEST, ask->method);
	}
}

/* What a person is told of an answer that is no success. */
static void
explain(struct http_answer *a)
{
	struct buf detail = { 0 };

	if (a->status / 100 == 2)
		return;
	if (a->body.len && json_get(a->body.s, a->body.len, "detail", &detail) == 0 && detail.len)
		snprintf(a->why, sizeof(a->why), "HTTP %ld: %.400s", a->status, detail.s);
	else
		snprintf(a->why, sizeof(a->why), "HTTP %ld", a->status);
	plain_line(a->why);
	buf_free(&detail);
}

long
http_do(const struct http_ask *ask, struct http_answer *a)
{
	struct call c = { .ask = ask, .a = a };
	struct curl_slist *list = NULL;
	CURLcode e = CURLE_OUT_OF_MEMORY;

	*a = (struct http_answer){ .offset = -1 };
	curl.easy_reset(easy);
	if (heads(ask, &list) == 0) {
		set_limits(ask);
		set_body(&c);
		curl.easy_setopt(easy, CURLOPT_ERRORBUFFER, c.error);
		curl.easy_setopt(easy, CURLOPT_HTTPHEADER, list);
		curl.easy_setopt(easy, CURLOPT_WRITEFUNCTION, on_body);
		curl.easy_setopt(easy, CURLOPT_WRITEDATA, &c);
		curl.easy_setopt(easy, CURLOPT_HEADERFUNCTION, on_head);
		curl.easy_setopt(easy, CURLOPT_HEADERDATA, &c);
		e = curl.easy_setopt(easy, CURLOPT_URL, ask->url);
	}
	if (e == CURLE_OK)
		e = curl.easy_perform(easy);
	if (e == CURLE_OK) {
		curl.easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &a->status);
		explain(a);
	} else {
		snprintf(a->why, sizeof(a->why), "%s", a->too_long ? "the answer is too long" :
		    *c.error ? c.error : curl.easy_strerror(e));
		plain_line(a->why);
	}
	curl.slist_free_all(list);
	return a->status;
}

void
http_free(struct http_answer *a)
{
	buf_free(&a->body);
}

int
http_code(const struct http_answer *a)
{
	struct buf code = { 0 };
	uint64_t n;
	int r = EX_UNAVAILABLE;

	if (a->status == 401 || a->status == 403)
		r = EX_NOPERM;
	else if (a->status == 404)
		r = EX_NOINPUT;
	else if (a->status / 100 == 2)	/* but what came is not what was wanted */
		r = EX_DATAERR;
	else if (a->status && !http_passes(a))
		r = EX_PROTOCOL;
	if (a->body.len && json_get(a->body.s, a->body.len, "exit", &code) == 0 && code.len &&
	    parse_uint(code.s, 1, 255, &n) == 0)
		r = (int)n;
	buf_free(&code);
	return r;
}

int
http_is(const struct http_answer *a, const char *type)
{
	struct buf is = { 0 };
	int r = 0;

	if (a->body.len && json_get(a->body.s, a->body.len, "type", &is) == 0 && is.len)
		r = !strncmp(is.s, "urn:aoinb:", 10) && !strcmp(is.s + 10, type);
	buf_free(&is);
	return r;
}

int
http_passes(const struct http_answer *a)
{
	switch (a->status) {
	case 0: case 408: case 425: case 429: case 500: case 502: case 503: case 504: case 507:
		return 1;
	default:
		return http_is(a, "overtaken");
	}
}
