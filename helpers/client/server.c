#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "client/client.h"
#include "err.h"

#define ALNUM "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"

enum { TOKEN_TEXT = 4096 };

/* http or https, a host, and perhaps a port and a path: nothing that libcurl would take
 * for more, nor a password. */
static int
is_web(const char *s)
{
	size_t n = !strncmp(s, "http://", 7) ? 7 : !strncmp(s, "https://", 8) ? 8 : 0;

	return n && s[n] && !strchr("/:", s[n]) && !s[n + strspn(s + n, ALNUM "-._~:/[]")];
}

static void
read_token(struct client *c)
{
	const char *path = c->token_file;
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	struct buf *b = &c->token;

	if (fd < 0 || buf_read(b, fd, TOKEN_TEXT) < 0)
		die_sys(errno == EFBIG ? EX_DATAERR : err_code(errno), "token %s", path);
	close(fd);
	if (b->len) {
		b->len = strcspn(b->s, "\r\n");
		b->s[b->len] = '\0';
	}
	if (!b->len || strncmp(b->s, "aoinb1_", 7) || b->s[strspn(b->s, ALNUM "_")])
		die(EX_DATAERR, "token %s: no token of aoinb-serve, aoinb1_N_SECRET, is in it", path);
}

void
server_open(struct client *c)
{
	const char *s = c->server;
	size_t n;

	if ((!s || !*s) && c->admin && access(c->admin, R_OK | W_OK) == 0) {
		struct buf b = { 0 };

		if (buf_printf(&b, "unix:%s", c->admin) < 0)
			die_sys(EX_OSERR, "memory");
		s = c->own = b.s;
	} else if (s && *s) {
		s = c->own = strdup(s);
	}
	if (!s || !*s)
		die(EX_CONFIG, "no server to ask; set [server] url in aoinb.ini, or AOINB_SERVER");
	c->name = c->url = s;
	n = strlen(s);
	if (!strncmp(s, "unix:/", 6) && !strpbrk(s, "\r\n")) {
		http_socket = s + 5;
		c->url = "http://localhost";
	} else if (is_web(s)) {
		if (s[n - 1] == '/')
			c->own[n - 1] = '\0';
	} else {
		die(EX_CONFIG, "%s: no address of a server, such as http://HOST:PORT, https://HOST or "
		    "unix:PATH", s);
	}
	if (c->token_file && *c->token_file)
		read_token(c);
}

void
server_close(struct client *c)
{
	if (c->token.s)
		explicit_bzero(c->token.s, c->token.len);
	buf_free(&c->token);
	free(c->own);
}
