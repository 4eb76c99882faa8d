#include <arpa/inet.h>
#include <errno.h>
#include <microhttpd.h>
#include <poll.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "err.h"
#include "file.h"
#include "parse.h"
#include "serve/http.h"
#include "serve/metrics.h"
#include "serve/page.h"
#include "serve/route.h"
#include "serve/upload.h"

enum {
	DAEMONS = 8,
	CONNECTIONS = 4000,
	IDLE = 30,			/* seconds */
	STACK = 256 << 10,
	POOL = 128 << 10,		/* pieces of half that arrive; as much is touched */
	DISCARD = 64 << 20,		/* of a body that nobody wants: many a client reads no
					 * answer before it has sent all */
	PIECE = 16 << 10,		/* of a stream: more of the pool is never touched */
};

static struct MHD_Daemon *daemons[DAEMONS];
static int count;
static atomic_int ending;

const char *
http_header(const struct req *r, const char *name)
{
	return MHD_lookup_connection_value(r->conn, MHD_HEADER_KIND, name);
}

const char *
http_query(const struct req *r, const char *name)
{
	return MHD_lookup_connection_value(r->conn, MHD_GET_ARGUMENT_KIND, name);
}

const char *
http_cookie(const struct req *r, const char *name)
{
	return MHD_lookup_connection_value(r->conn, MHD_COOKIE_KIND, name);
}

int64_t
http_length(const struct req *r)
{
	const char *s = http_header(r, "Content-Length");
	uint64_t n;

	return s && parse_uint(s, 0, INT64_MAX, &n) == 0 ? (int64_t)n : -1;
}

int
http_socket(const struct req *r)
{
	const union MHD_ConnectionInfo *i = MHD_get_connection_info(r->conn,
	    MHD_CONNECTION_INFO_CONNECTION_FD);

	return i ? i->connect_fd : -1;
}

int
http_admin(const struct req *r)
{
	struct ucred who;
	socklen_t len = sizeof(who);

	return r->admin && getsockopt(http_socket(r), SOL_SOCKET, SO_PEERCRED, &who, &len) == 0 &&
	    (who.uid == 0 || who.uid == geteuid());
}

void
http_timeout(const struct req *r, unsigned seconds)
{
	MHD_set_connection_option(r->conn, MHD_CONNECTION_OPTION_TIMEOUT, seconds);
}

int
socket_gone(int fd)
{
	struct pollfd p = { fd, POLLRDHUP, 0 };

	return poll(&p, 1, 0) > 0 && (p.revents & (POLLRDHUP | POLLHUP | POLLERR | POLLNVAL));
}

int
http_gone(const struct req *r)
{
	return socket_gone(http_socket(r));
}

int
http_ending(void)
{
	return atomic_load(&ending);
}

/* Who it is: a proxy on this machine says for whom it asks. */
static void
set_address(struct req *r)
{
	const union MHD_ConnectionInfo *i = MHD_get_connection_info(r->conn,
	    MHD_CONNECTION_INFO_CLIENT_ADDRESS);
	const struct sockaddr *a = i ? i->client_addr : NULL;
	const char *forwarded = http_header(r, "X-Forwarded-For"), *last;
	int here = 1;

	strcpy(r->addr, "local");
	if (a && a->sa_family == AF_INET) {
		const struct sockaddr_in *in = (const struct sockaddr_in *)a;

		inet_ntop(AF_INET, &in->sin_addr, r->addr, sizeof(r->addr));
		here = ntohl(in->sin_addr.s_addr) >> 24 == 127;
	} else if (a && a->sa_family == AF_INET6) {
		const struct sockaddr_in6 *in = (const struct sockaddr_in6 *)a;

		inet_ntop(AF_INET6, &in->sin6_addr, r->addr, sizeof(r->addr));
		here = IN6_IS_ADDR_LOOPBACK(&in->sin6_addr);
	}
	if (!here || !forwarded)
		return;
	last = strrchr(forwarded, ',');
	last = last ? last + 1 : forwarded;
	last += strspn(last, " ");
	if (strspn(last, "0123456789abcdefABCDEF.:") == strlen(last) && *last)
		snprintf(r->addr, sizeof(r->addr), "%s", last);
}

static struct req *
begin(struct MHD_Connection *conn, const char *url, const char *method, int admin)
{
	struct req *r = calloc(1, sizeof(*r));

	if (!r)
		return NULL;
	r->conn = conn;
	r->admin = admin;
	r->fd = -1;
	r->began_us = now_us();
	r->method = method;
	r->path = url;
	set_address(r);
	if (buf_puts(&r->body, "") < 0) {
		free(r);
		return NULL;
	}
	if (http_ending())
		req_problem(r, 503, "busy", "the server is ending; try again later");
	else
		route_begin(r);
	return r;
}

static ssize_t
stream_read(void *arg, uint64_t pos, char *at, size_t max)
{
	struct stream *s = arg;
	ssize_t n = s->read(s, at, max < PIECE ? max : PIECE);

	(void)pos;
	return n > 0 ? n : n == 0 ? MHD_CONTENT_READER_END_OF_STREAM :
	    MHD_CONTENT_READER_END_WITH_ERROR;
}

static void
stream_free(void *arg)
{
	struct stream *s = arg;

	s->free(s);
}

/* The answer as libmicrohttpd has it, which owns then what it is made of. */
static struct MHD_Response *
response(struct req *r)
{
	struct MHD_Response *m = NULL;

	if (r->stream) {
		m = MHD_create_response_from_callback(MHD_SIZE_UNKNOWN, PIECE, stream_read,
		    r->stream, stream_free);
		if (m)
			r->stream = NULL;
	} else if (r->fd >= 0) {
		m = MHD_create_response_from_fd_at_offset64((uint64_t)r->len, r->fd,
		    (uint64_t)r->from);
		if (m)
			r->fd = -1;
	} else {
		m = MHD_create_response_from_buffer(r->out.len, r->out.s ? r->out.s : (char *)"",
		    r->out.s ? MHD_RESPMEM_MUST_FREE : MHD_RESPMEM_PERSISTENT);
		if (m)
			r->out = (struct buf){ 0 };
	}
	return m;
}

static enum MHD_Result
send_answer(struct req *r)
{
	struct MHD_Response *m;
	enum MHD_Result sent;
	int i;

	if (!r->status)
		req_problem(r, 500, "server", "the server forgot to answer; that is a bug");
	if (r->status >= 400 && page_wanted(r))
		page_problem(r);
	if (!r->type && r->out.len && r->out.s[r->out.len - 1] != '\n' &&
	    buf_putc(&r->out, '\n') < 0)
		return MHD_NO;
	m = response(r);
	if (!m)
		return MHD_NO;
	if (r->status != 204 && r->status != 304)
		MHD_add_response_header(m, "Content-Type", r->type ? r->type : "application/json");
	MHD_add_response_header(m, "X-Content-Type-Options", "nosniff");
	for (i = 0; i < r->heads; i++)
		MHD_add_response_header(m, r->head[i].name, r->head[i].value);
	sent = MHD_queue_response(r->conn, (unsigned)r->status, m);
	MHD_destroy_response(m);
	return sent;
}

/* Says 408 and closes the connection: who is so slow is not waited for.  libmicrohttpd
 * itself answers in the middle of a body by no means. */
static enum MHD_Result
turn_away(struct req *r)
{
	const union MHD_ConnectionInfo *info = MHD_get_connection_info(r->conn,
	    MHD_CONNECTION_INFO_CONNECTION_FD);
	struct buf b = { 0 };

	if (info && buf_printf(&b, "HTTP/1.1 408 Request Timeout\r\nConnection: close\r\n"
	    "Content-Type: %s\r\nContent-Length: %zu\r\n\r\n%s", r->type ? r->type :
	    "application/json", r->out.len, r->out.len ? r->out.s : "") == 0 &&
	    send(info->connect_fd, b.s, b.len, MSG_NOSIGNAL | MSG_DONTWAIT) < 0)
		warn_sys("%s %s: 408", r->method, r->path);
	buf_free(&b);
	return MHD_NO;
}

/* Takes a piece of the body.  What belongs to a request that is answered is thrown
 * away, as long as that is not much. */
static enum MHD_Result
piece(struct req *r, const char *s, size_t len)
{
	if (r->status)
		r->discarded += (int64_t)len;
	else
		r->bytes += (int64_t)len;
	if (!r->status && r->upload)
		upload_piece(r, s, len);
	else if (!r->status && r->body.len + len > r->route->most)
		req_problem(r, 413, "large", "the body may have %zu bytes here", r->route->most);
	else if (!r->status && buf_put(&r->body, s, len) < 0)
		req_failed(r, "body");
	if (r->status == 408)
		return turn_away(r);
	return r->discarded > DISCARD ? MHD_NO : MHD_YES;
}

static enum MHD_Result
on_request(void *cls, struct MHD_Connection *conn, const char *url, const char *method,
    const char *version, const char *data, size_t *len, void **own)
{
	struct req *r = *own;

	(void)version;
	if (!r) {
		r = *own = begin(conn, url, method, cls != NULL);
		if (!r)
			return MHD_NO;
		/* Before a large body is sent, the client is told that it is for nothing. */
		return r->status && (http_length(r) > DISCARD || http_header(r, "Expect")) ?
		    send_answer(r) : MHD_YES;
	}
	if (*len) {
		size_t n = *len;

		*len = 0;
		return piece(r, data, n);
	}
	if (!r->status && !page_answer(r))
		r->route->run(r);
	return send_answer(r);
}

static void
on_end(void *cls, struct MHD_Connection *conn, void **own,
    enum MHD_RequestTerminationCode code)
{
	struct req *r = *own;
	int i;

	(void)cls;
	(void)conn;
	if (!r)
		return;
	*own = NULL;
	if (r->upload)
		upload_free(r);
	metrics_request(r, code == MHD_REQUEST_TERMINATED_COMPLETED_OK);
	for (i = 0; i < r->heads; i++)
		free(r->head[i].value);
	if (r->stream)
		r->stream->free(r->stream);
	close_keep(r->fd);
	buf_free(&r->body);
	buf_free(&r->out);
	free(r);
}

static void
on_error(void *cls, const char *fmt, va_list ap)
{
	char text[512];

	(void)cls;
	/* Clients that go away are no failure of ours, and there are many. */
	vsnprintf(text, sizeof(text), fmt, ap);
	text[strcspn(text, "\n")] = '\0';
	note("http: %s", text);
}

int
http_start(int socket, int admin)
{
	struct MHD_Daemon *d;

	if (count == DAEMONS) {
		errno = E2BIG;
		return -1;
	}
	d = MHD_start_daemon(MHD_USE_THREAD_PER_CONNECTION | MHD_USE_INTERNAL_POLLING_THREAD |
	    MHD_USE_POLL | MHD_USE_ERROR_LOG | MHD_USE_ITC, 0, NULL, NULL, on_request, admin ? &count : NULL,
	    MHD_OPTION_EXTERNAL_LOGGER, on_error, NULL,
	    MHD_OPTION_LISTEN_SOCKET, socket,
	    MHD_OPTION_NOTIFY_COMPLETED, on_end, NULL,
	    MHD_OPTION_CONNECTION_LIMIT, (unsigned)CONNECTIONS,
	    MHD_OPTION_CONNECTION_TIMEOUT, (unsigned)IDLE,
	    MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)POOL,
	    MHD_OPTION_CONNECTION_MEMORY_INCREMENT, (size_t)4096,
	    MHD_OPTION_THREAD_STACK_SIZE, (size_t)STACK,
	    MHD_OPTION_STRICT_FOR_CLIENT, 1,
	    MHD_OPTION_END);
	if (!d) {
		errno = errno ? errno : EIO;
		return -1;
	}
	daemons[count++] = d;
	return 0;
}

void
http_stop(void)
{
	int i;

	atomic_store(&ending, 1);
	route_wake_all();
	for (i = 0; i < count; i++)
		MHD_stop_daemon(daemons[i]);
	count = 0;
}
