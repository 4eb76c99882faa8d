/* URLs as libcurl reads them, for what must mean the same to both.  For after
 * curl_load. */
#ifndef FETCH_URL_H
#define FETCH_URL_H

/* The host of a URL, as libcurl would ask for it, without the brackets of an IPv6
 * address; and its port, "" being the scheme's own.  To be freed with url_host_free. */
struct url_host {
	char *name, *port;
};

/* Of a URL of any scheme.  Returns 0; or -1 with errno set and nothing to be freed:
 * ENOENT when it has no host, EINVAL when it is none. */
int url_host(const char *url, struct url_host *h);

/* Of a proxy as the environment has it, where the scheme may be missing, and "" is no
 * port of its own. */
int url_proxy(const char *proxy, struct url_host *h);

void url_host_free(struct url_host *h);

/* Where a redirect from one URL leads, to be freed; NULL when that is no URL. */
char *url_join(const char *from, const char *to);

/* What keeps a URL from being that of a file: a file: URL of a folder, which libcurl
 * would take for an empty file, or of a fifo or device, where it would block everything;
 * an ftp: URL of a folder, whose listing would be taken for one.  NULL for any other. */
const char *url_no_file(const char *url);

/* Whether url begins with that scheme and a colon. */
int url_is(const char *url, const char *scheme);

#endif
