#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <ifaddrs.h>
#include <linux/if_tun.h>
#include <net/if.h>
#include <net/route.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "err.h"
#include "file.h"
#include "ns.h"
#include "proc.h"
#include "run/slirp.h"

enum { RESOLV_MOST = 1 << 20 };

/* Its network, of those for benchmarks (RFC 2544), which nobody's mirror is in. */
#define NET	0xc613ff00u
#define CIDR	"198.19.255.0/24"
#define TAP	"tap0"

/* --- what it takes */

static int
in_path(const char *prog)
{
	const char *path = getenv("PATH");
	char at[4096];
	size_t n;

	for (; path && *path; path += n + (path[n] == ':')) {
		n = strcspn(path, ":");
		if (snprintf(at, sizeof(at), "%.*s/%s", (int)n, path, prog) < (int)sizeof(at) &&
		    access(at, X_OK) == 0)
			return 1;
	}
	return 0;
}

const char *
slirp_missing(void)
{
	struct buf b = { 0 };
	int r;

	if (!in_path("slirp4netns"))
		return "there is no slirp4netns; install the package slirp4netns";
	if (!geteuid() && !ns_has_cap(CAP_NET_ADMIN))
		return "it takes CAP_NET_ADMIN, which root has not here";
	if (access("/dev/net/tun", R_OK | W_OK) < 0)
		return "/dev/net/tun cannot be opened; load the module tun";
	r = slirp_resolv(&b);
	buf_free(&b);
	if (r < 0)
		return "every name server of this machine is on the machine itself; "
		    "name another in /etc/resolv.conf";
	return NULL;
}

/* --- addresses of the host */

/* Those of IPv4 that are not its loopback's. */
static int
host_addresses(struct slirp_host *h)
{
	struct ifaddrs *all, *a;
	const struct sockaddr_in *in;
	unsigned int *more;
	int r = 0;

	*h = (struct slirp_host){ 0 };
	if (getifaddrs(&all) < 0)
		return -1;
	for (a = all; a && r == 0; a = a->ifa_next) {
		if (!a->ifa_addr || a->ifa_addr->sa_family != AF_INET ||
		    a->ifa_flags & IFF_LOOPBACK)
			continue;
		in = (const struct sockaddr_in *)(const void *)a->ifa_addr;
		more = realloc(h->at, (h->n + 1) * sizeof(*more));
		if (!more) {
			r = -1;
			break;
		}
		h->at = more;
		h->at[h->n++] = in->sin_addr.s_addr;
	}
	freeifaddrs(all);
	return r;
}

static int
is_host(const struct slirp_host *h, in_addr_t a)
{
	unsigned int i;

	if (ntohl(a) >> 24 == 127 || a == INADDR_ANY || ntohl(a) >> 16 == 0xa9fe)
		return 1;
	for (i = 0; i < h->n; i++)
		if (h->at[i] == a)
			return 1;
	return 0;
}

/* --- name servers */

/* One line of a resolv.conf.  Returns whether it names a server, or -1. */
static int
resolv_line(struct buf *b, const struct slirp_host *h, char *line)
{
	struct in_addr a;
	char *word;

	if (strncmp(line, "nameserver", 10) || !strchr(" \t", line[10]) || !line[10])
		return buf_printf(b, "%s\n", line) < 0 ? -1 : 0;
	word = line + 10 + strspn(line + 10, " \t");
	word[strcspn(word, " \t#;")] = '\0';
	if (inet_pton(AF_INET, word, &a) != 1 || is_host(h, a.s_addr))
		return 0;
	return buf_printf(b, "nameserver %s\n", word) < 0 ? -1 : 1;
}

/* Returns how many servers path names that can be reached, or -1. */
static int
resolv_file(struct buf *b, const struct slirp_host *h, const char *path)
{
	int fd = open(path, O_RDONLY | O_NOCTTY | O_CLOEXEC), n = 0, r;
	struct buf text = { 0 };
	char *at, *line;

	if (fd < 0)
		return errno == ENOENT ? 0 : -1;
	r = buf_read(&text, fd, RESOLV_MOST);
	close_keep(fd);
	at = text.s;
	while (r >= 0 && (line = strsep(&at, "\n"))) {
		r = *line ? resolv_line(b, h, line) : 0;
		n += r > 0;
	}
	buf_free(&text);
	return r < 0 ? -1 : n;
}

/* systemd-resolved is on loopback, and tells whom it asks. */
int
slirp_resolv(struct buf *b)
{
	static const char *const paths[] = {
		"/etc/resolv.conf", "/run/systemd/resolve/resolv.conf", NULL,
	};
	const char *const *path;
	size_t before = b->len;
	struct slirp_host h;
	int n;

	if (host_addresses(&h) < 0)
		return -1;
	for (path = paths, n = 0; *path && n == 0; path++) {
		b->len = before;
		n = resolv_file(b, &h, *path);
	}
	free(h.at);
	if (n == 0)
		errno = ENOENT;
	return n > 0 ? 0 : -1;
}

/* --- the process */

static int
pipes(int go[2], int ready[2], int end[2])
{
	return pipe2(go, O_CLOEXEC) < 0 || pipe2(ready, O_CLOEXEC) < 0 ||
	    pipe2(end, O_CLOEXEC) < 0 ? -1 : 0;
}

/* In the child: until it may begin; then it is slirp4netns. */
static void
wait_and_become(int go, int ready, int end, int words, int parent)
{
	char ns[64], ready_fd[16], end_fd[16], byte;
	char *argv[] = { "slirp4netns", "--configure", "--mtu=65520",
		"--cidr=" CIDR, "--disable-host-loopback", "--disable-dns", "--enable-sandbox",
		"--enable-seccomp", "--ready-fd", ready_fd, "--exit-fd", end_fd,
		"--netns-type=path", ns, TAP, NULL };
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);

	if (prctl(PR_SET_PDEATHSIG, SIGKILL) < 0 || getppid() != parent)
		_exit(EX_OSERR);
	if (read(go, &byte, 1) != 1)
		_exit(0);	/* it is not needed any more */
	snprintf(ns, sizeof(ns), "/proc/%d/ns/net", parent);
	snprintf(ready_fd, sizeof(ready_fd), "%d", ready);
	snprintf(end_fd, sizeof(end_fd), "%d", end);
	if (null < 0 || dup2(null, STDIN_FILENO) < 0 || dup2(words, STDOUT_FILENO) < 0 ||
	    dup2(words, STDERR_FILENO) < 0 || fcntl(ready, F_SETFD, 0) < 0 ||
	    fcntl(end, F_SETFD, 0) < 0)
		_exit(EX_OSERR);
	proc_signals_default();
	execvp(argv[0], argv);
	_exit(EX_UNAVAILABLE);
}

int
slirp_fork(struct slirp *s)
{
	int go[2], ready[2], end[2], parent = getpid();

	s->words = memfd_create("slirp4netns", MFD_CLOEXEC);
	if (s->words < 0 || host_addresses(&s->host) < 0 || pipes(go, ready, end) < 0)
		return -1;
	s->pid = fork();
	if (s->pid == 0) {
		close(go[1]);
		close(ready[0]);
		close(end[1]);
		wait_and_become(go[0], ready[1], end[0], s->words, parent);
	}
	close(go[0]);
	close(ready[1]);
	close(end[0]);
	s->go = go[1];
	s->ready = ready[0];
	s->end = end[1];
	return s->pid < 0 ? -1 : 0;
}

/* --- the network */

static int
refuse(int sock, in_addr_t to, in_addr_t mask)
{
	struct rtentry rt = { .rt_flags = RTF_UP | RTF_REJECT };
	struct sockaddr_in a = { .sin_family = AF_INET };

	a.sin_addr.s_addr = to;
	memcpy(&rt.rt_dst, &a, sizeof(a));
	a.sin_addr.s_addr = mask;
	memcpy(&rt.rt_genmask, &a, sizeof(a));
	if (mask == INADDR_NONE)
		rt.rt_flags |= RTF_HOST;
	return ioctl(sock, SIOCADDRT, &rt) < 0 && errno != EEXIST ? -1 : 0;
}

static int
refuse_all(const struct slirp_host *h)
{
	int sock = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0), r;
	unsigned int i;

	if (sock < 0)
		return -1;
	r = refuse(sock, htonl(0xa9fe0000), htonl(0xffff0000));
	/* slirp4netns's own network, where some addresses stand for this machine. */
	for (i = 0; i < 2 && r == 0; i++)
		r = refuse(sock, htonl(NET + 128 * i), htonl(0xffffff80));
	for (i = 0; i < h->n && r == 0; i++)
		r = refuse(sock, h->at[i], INADDR_NONE);
	close_keep(sock);
	return r;
}

/* Makes its device, which outlives it and goes with the namespace: the kernel does that
 * behind our back, and lets who closes the last descriptor of another wait 20 ms. */
static int
tap_make(void)
{
	struct ifreq r = { .ifr_name = TAP, .ifr_flags = IFF_TAP | IFF_NO_PI };
	int fd = open("/dev/net/tun", O_RDWR | O_CLOEXEC), bad;

	if (fd < 0)
		return -1;
	bad = ioctl(fd, TUNSETIFF, &r) < 0 || ioctl(fd, TUNSETPERSIST, 1) < 0;
	close_keep(fd);
	return bad ? -1 : 0;
}

/* The last line that it said. */
static void
failed(const struct slirp *s)
{
	char text[1024], *line, *end;
	ssize_t n = pread(s->words, text, sizeof(text) - 1, 0);

	text[n > 0 ? n : 0] = '\0';
	for (end = text + strlen(text); end > text && end[-1] == '\n'; end--)
		end[-1] = '\0';
	line = strrchr(text, '\n');
	line = line ? line + 1 : text;
	warn_msg("network: slirp4netns: %s; network=host goes without it",
	    *line ? line : "cannot be run");
}

int
slirp_start(struct slirp *s)
{
	char byte;
	int r;

	if (tap_make() < 0) {
		warn_sys("network: make " TAP);
		return -1;
	}
	if (write(s->go, "", 1) != 1 || read(s->ready, &byte, 1) != 1) {
		failed(s);
		return -1;
	}
	close(s->go);
	close(s->ready);
	r = refuse_all(&s->host);
	if (r < 0)
		warn_sys("network: routes");
	free(s->host.at);
	s->host = (struct slirp_host){ 0 };
	return r;
}
