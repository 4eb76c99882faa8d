#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>

#include "curl.h"
#include "fetch/url.h"

int
url_is(const char *url, const char *scheme)
{
	size_t n = strlen(scheme);

	return !strncasecmp(url, scheme, n) && url[n] == ':';
}

/* A part of u that is ours to free(3); NULL when it has none. */
static char *
part(CURLU *u, CURLUPart what, unsigned flags)
{
	char *s = NULL, *copy;

	if (curl.url_get(u, what, &s, flags) != CURLUE_OK)
		return NULL;
	copy = strdup(s);
	curl.free(s);
	return copy;
}

static int
host_of(const char *url, struct url_host *h, unsigned reading, unsigned port)
{
	CURLU *u = curl.url();
	size_t n;

	*h = (struct url_host){ 0 };
	errno = EINVAL;
	if (u && curl.url_set(u, CURLUPART_URL, url,
	    reading | CURLU_NON_SUPPORT_SCHEME) == CURLUE_OK) {
		h->name = part(u, CURLUPART_HOST, 0);
		h->port = part(u, CURLUPART_PORT, port);
		errno = ENOENT;
	}
	curl.url_cleanup(u);
	if (!h->port)
		h->port = strdup("");
	if (!h->name || !*h->name || !h->port) {
		url_host_free(h);
		return -1;
	}
	n = strlen(h->name);
	if (*h->name == '[' && h->name[n - 1] == ']') {
		h->name[n - 1] = '\0';
		memmove(h->name, h->name + 1, n - 1);
	}
	return 0;
}

int
url_host(const char *url, struct url_host *h)
{
	return host_of(url, h, 0, CURLU_NO_DEFAULT_PORT);
}

int
url_proxy(const char *proxy, struct url_host *h)
{
	return host_of(proxy, h, CURLU_GUESS_SCHEME, 0);
}

void
url_host_free(struct url_host *h)
{
	free(h->name);
	free(h->port);
	*h = (struct url_host){ 0 };
}

char *
url_join(const char *from, const char *to)
{
	CURLU *u = curl.url();
	char *joined = NULL;

	if (u && curl.url_set(u, CURLUPART_URL, from, 0) == CURLUE_OK &&
	    curl.url_set(u, CURLUPART_URL, to, CURLU_NON_SUPPORT_SCHEME |
	    CURLU_URLENCODE | CURLU_ALLOW_SPACE) == CURLUE_OK)
		joined = part(u, CURLUPART_URL, 0);
	curl.url_cleanup(u);
	return joined;
}

static int
is_odd_file(const char *url)
{
	struct stat st;
	char *path;
	int odd;

	url += strlen("file://");
	url += strcspn(url, "/");
	path = curl.easy_unescape(NULL, url, 0, NULL);
	odd = path && stat(path, &st) == 0 && !S_ISREG(st.st_mode);
	curl.free(path);
	return odd;
}

/* Whether what libcurl would make the path of an FTP server's file stands for a folder:
 * it ends with a slash once it is unescaped, or has ";type=d" behind it. */
static int
is_listed(const char *path)
{
	const char *type = strstr(path, ";type=");
	char *plain = NULL, *raw;
	int folder = 1, len = 0;

	raw = type ? strndup(path, (size_t)(type - path)) : strdup(path);
	if (raw)
		plain = curl.easy_unescape(NULL, raw, 0, &len);
	if (plain && len && plain[len - 1] != '/')
		folder = type && (type[6] == 'd' || type[6] == 'D');
	curl.free(plain);
	free(raw);
	return folder;
}

static int
is_ftp_folder(const char *url)
{
	CURLU *u = curl.url();
	char *path = NULL, *query = NULL;
	int folder;

	if (u && curl.url_set(u, CURLUPART_URL, url, 0) == CURLUE_OK) {
		path = part(u, CURLUPART_PATH, 0);
		query = part(u, CURLUPART_QUERY, 0);
	}
	/* A version of libcurl or another takes a query for a part of the path. */
	folder = path && (is_listed(path) || (query && *query && is_listed(query)));
	free(path);
	free(query);
	curl.url_cleanup(u);
	return folder;
}

const char *
url_no_file(const char *url)
{
	if (url_is(url, "file") && is_odd_file(url))
		return "not a regular file";
	if (url_is(url, "ftp") && is_ftp_folder(url))
		return "a folder of an FTP server, and no file";
	return NULL;
}
