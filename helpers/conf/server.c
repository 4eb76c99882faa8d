#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "conf/server.h"
#include "err.h"

#define ALNUM "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"

enum { TOKEN_TEXT = 4096 };

static void
must(int r)
{
	if (r < 0)
		die_sys(EX_OSERR, "configuration");
}

static const char *
setting(const struct conf *c, const char *env, const char *name)
{
	const char *s = env ? getenv(env) : NULL;

	return s && *s ? s : conf_get(c, key_named(name));
}

/* http or https, a host, and perhaps a port and a path: nothing that curl would take for
 * more, nor a password that its command line would show. */
static int
is_web(const char *s)
{
	size_t n = !strncmp(s, "http://", 7) ? 7 : !strncmp(s, "https://", 8) ? 8 : 0;

	return n && s[n] && !strchr("/:", s[n]) && !s[n + strspn(s + n, ALNUM "-._~:/[]")];
}

/* A word in quotes, as curl reads them. */
static void
put_option(struct buf *out, const char *name, const char *before, const char *value)
{
	must(buf_printf(out, "%s = \"%s", name, before));
	for (; *value; value++) {
		if (*value == '"' || *value == '\\')
			must(buf_putc(out, '\\'));
		must(buf_putc(out, *value));
	}
	must(buf_puts(out, "\"\n"));
}

static void
put_token(struct buf *out, const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	struct buf b = { 0 };
	size_t n;

	if (fd < 0 || buf_read(&b, fd, TOKEN_TEXT) < 0)
		die_sys(errno == EFBIG ? EX_DATAERR : err_code(errno), "token %s", path);
	close(fd);
	n = b.len ? strcspn(b.s, "\r\n") : 0;
	if (b.len)
		b.s[n] = '\0';
	if (!b.len || strncmp(b.s, "aoinb1_", 7) || b.s[strspn(b.s, ALNUM "_")])
		die(EX_DATAERR, "token %s: no token of aoinb-serve, aoinb1_N_SECRET, is in it", path);
	put_option(out, "header", "Authorization: Bearer ", b.s);
	buf_free(&b);
}

void
server_print(const struct conf *c, struct buf *out)
{
	const char *url = setting(c, "AOINB_SERVER", "server_url");
	const char *token = setting(c, "AOINB_TOKEN_FILE", "server_token_file");
	char own[4096];
	size_t n;

	snprintf(own, sizeof(own), "unix:%s/admin.sock", setting(c, NULL, "serve_dir"));
	if (!*url && access(own + 5, R_OK | W_OK) == 0)
		url = own;
	if (!*url)
		die(EX_CONFIG, "no server to ask; set [server] url in aoinb.ini, or AOINB_SERVER");
	n = strlen(url);
	if (is_web(url))
		must(buf_printf(out, "# %.*s\n", (int)(n - (url[n - 1] == '/')), url));
	else if (!strncmp(url, "unix:/", 6) && !strpbrk(url, "\r\n"))
		must(buf_printf(out, "# %s\n", url));
	else
		die(EX_CONFIG, "%s: no address of a server, such as http://HOST:PORT, https://HOST or "
		    "unix:PATH", url);
	if (*url == 'u')
		put_option(out, "unix-socket", "", url + 5);
	if (*token)
		put_token(out, token);
}
