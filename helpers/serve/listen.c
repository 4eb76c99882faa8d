#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "err.h"
#include "file.h"
#include "parse.h"
#include "serve/listen.h"

enum { BACKLOG = 512, STUCK_MS = 120000 };

static int
fail(int err)
{
	errno = err;
	return -1;
}

/* A socket file that nobody listens on any more is in the way. */
static int
remove_dead(const struct sockaddr_un *a)
{
	int s = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0), r;
	struct stat st;

	if (s < 0)
		return -1;
	r = connect(s, (const struct sockaddr *)a, sizeof(*a));
	close_keep(s);
	if (r == 0)
		return fail(EADDRINUSE);
	if (lstat(a->sun_path, &st) == 0 && !S_ISSOCK(st.st_mode))
		return fail(EEXIST);
	return unlink(a->sun_path) < 0 && errno != ENOENT ? -1 : 0;
}

static int
listen_unix(const char *path, mode_t mode)
{
	struct sockaddr_un a = { .sun_family = AF_UNIX };
	mode_t mask;
	int s, r;

	if (strlen(path) >= sizeof(a.sun_path))
		return fail(ENAMETOOLONG);
	strcpy(a.sun_path, path);
	if (remove_dead(&a) < 0)
		return -1;
	s = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (s < 0)
		return -1;
	mask = umask((mode_t)(~mode & 0777));
	r = bind(s, (const struct sockaddr *)&a, sizeof(a));
	umask(mask);
	if (r < 0 || listen(s, BACKLOG) < 0) {
		close_keep(s);
		return -1;
	}
	return s;
}

int
listen_private(const char *path)
{
	return listen_unix(path, 0600);
}

static int
listen_tcp(const struct addrinfo *a)
{
	int s = socket(a->ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0), on = 1, stuck = STUCK_MS;

	if (s < 0)
		return -1;
	setsockopt(s, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	if (a->ai_family == AF_INET6)
		setsockopt(s, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof(on));
	/* Who reads nothing holds a thread, but not for ever; connections inherit that. */
	setsockopt(s, IPPROTO_TCP, 18 /* TCP_USER_TIMEOUT */, &stuck, sizeof(stuck));
	setsockopt(s, SOL_SOCKET, SO_KEEPALIVE, &on, sizeof(on));
	if (bind(s, a->ai_addr, a->ai_addrlen) < 0 || listen(s, BACKLOG) < 0) {
		close_keep(s);
		return -1;
	}
	return s;
}

int
listen_on(const char *address)
{
	struct addrinfo want = { .ai_socktype = SOCK_STREAM, .ai_flags = AI_PASSIVE }, *found;
	const char *colon = strrchr(address, ':');
	char host[256];
	uint64_t port;
	size_t n;
	int s;

	if (!strncmp(address, "unix:/", 6))
		return listen_unix(address + 5, 0666);
	if (!colon || parse_uint(colon + 1, 0, 65535, &port) < 0)
		return fail(EINVAL);
	n = (size_t)(colon - address);
	if (n > 2 && *address == '[' && colon[-1] == ']') {
		address++;
		n -= 2;
	}
	if (!n || n >= sizeof(host))
		return fail(EINVAL);
	snprintf(host, sizeof(host), "%.*s", (int)n, address);
	if (getaddrinfo(host, colon + 1, &want, &found))
		return fail(EADDRNOTAVAIL);
	s = listen_tcp(found);
	freeaddrinfo(found);
	return s;
}

int
listen_handed(void)
{
	const char *pid = getenv("LISTEN_PID"), *fds = getenv("LISTEN_FDS");
	uint64_t p, n = 0;
	int i;

	if (!pid || !fds || parse_uint(pid, 1, INT32_MAX, &p) < 0 || p != (uint64_t)getpid() ||
	    parse_uint(fds, 0, 16, &n) < 0)
		return 0;
	for (i = 3; i < 3 + (int)n; i++)
		fcntl(i, F_SETFD, FD_CLOEXEC);
	unsetenv("LISTEN_PID");
	unsetenv("LISTEN_FDS");
	return (int)n;
}

void
listen_name(int fd, char *name, unsigned long size)
{
	struct sockaddr_storage a = { 0 };
	socklen_t len = sizeof(a);
	char host[INET6_ADDRSTRLEN] = "";

	snprintf(name, size, "a socket");
	if (getsockname(fd, (struct sockaddr *)&a, &len) < 0)
		return;
	if (a.ss_family == AF_INET) {
		const struct sockaddr_in *in = (const struct sockaddr_in *)&a;

		inet_ntop(AF_INET, &in->sin_addr, host, sizeof(host));
		snprintf(name, size, "http://%s:%d", host, ntohs(in->sin_port));
	} else if (a.ss_family == AF_INET6) {
		const struct sockaddr_in6 *in = (const struct sockaddr_in6 *)&a;

		inet_ntop(AF_INET6, &in->sin6_addr, host, sizeof(host));
		snprintf(name, size, "http://[%s]:%d", host, ntohs(in->sin6_port));
	} else if (a.ss_family == AF_UNIX) {
		snprintf(name, size, "unix:%s", ((const struct sockaddr_un *)&a)->sun_path);
	}
}

void
listen_notify(const char *state)
{
	const char *path = getenv("NOTIFY_SOCKET");
	struct sockaddr_un a = { .sun_family = AF_UNIX };
	socklen_t len;
	int s;

	if (!path || (*path != '/' && *path != '@') || strlen(path) >= sizeof(a.sun_path))
		return;
	strcpy(a.sun_path, path);
	len = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + strlen(path));
	if (*path == '@')
		a.sun_path[0] = '\0';
	s = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (s < 0 || sendto(s, state, strlen(state), MSG_NOSIGNAL, (struct sockaddr *)&a, len) < 0)
		warn_sys("%s: systemd cannot be told that we are %s", path, state);
	close_keep(s);
}
