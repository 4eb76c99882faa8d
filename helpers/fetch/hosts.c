#include <errno.h>
#include <netdb.h>
#include <stdlib.h>
#include <string.h>

#include "curl.h"
#include "err.h"
#include "fetch/hosts.h"
#include "fetch/url.h"

/* Whether all addresses of a host are allowed.  One without any is: nobody can be
 * spoken to, except by a proxy that knows it. */
static int
may_reach(const char *url, const struct url_host *h, const struct reach *reach)
{
	struct addrinfo want = { .ai_socktype = SOCK_STREAM }, *all, *a;
	int r, may = 1;

	if (reach_has_host(reach, h->name, h->port))
		return 1;
	r = getaddrinfo(h->name, NULL, &want, &all);
	if (r) {
		note("%s: %s", url, gai_strerror(r));
		return 1;
	}
	for (a = all; a && may; a = a->ai_next) {
		may = reach_has(reach, a->ai_addr);
		if (!may)
			warn_msg("%s: %s is no public address (%s); --private, or "
			    "private in [fetch], can allow it", url,
			    address_text(a->ai_addr), address_kind(a->ai_addr));
	}
	freeaddrinfo(all);
	return may;
}

static int
look(const char *url, const struct reach *reach)
{
	struct url_host h;
	int may;

	if (url_host(url, &h) < 0) {
		/* Such as lp:name, which the client knows where to ask for. */
		if (errno != EINVAL || !strstr(url, "://"))
			return 0;
		warn_msg("%s: not a URL", url);
		return EX_DATAERR;
	}
	may = may_reach(url, &h, reach);
	url_host_free(&h);
	return may ? 0 : EX_NOPERM;
}

int
hosts_print(FILE *f, const char *title, const struct reach *reach)
{
	char *line = NULL;
	size_t room = 0;
	int code = 0, one;
	ssize_t n;

	if (curl_load() < 0)
		die(EX_UNAVAILABLE, "there is no libcurl.so.4 here (package "
		    "libcurl4)");
	while ((n = getline(&line, &room, f)) > 0) {
		if (line[n - 1] == '\n')
			line[n - 1] = '\0';
		one = look(line, reach);
		if (!one && puts(line) == EOF)
			die_sys(EX_IOERR, "standard output");
		code = err_lowest(code, one);
	}
	if (ferror(f))
		die_sys(EX_IOERR, "%s", title);
	if (fflush(stdout) == EOF)
		die_sys(EX_IOERR, "standard output");
	free(line);
	return code;
}
