#include <errno.h>
#include <fcntl.h>
#include <net/if.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include "file.h"
#include "run/fdpass.h"
#include "run/net.h"

/* The kernel gives lo its addresses, of both families, when it goes up. */
static int
loopback_up(void)
{
	struct ifreq ifr = { .ifr_name = "lo", .ifr_flags = IFF_UP };
	int s = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0), r;

	if (s < 0)
		return -1;
	r = ioctl(s, SIOCSIFFLAGS, &ifr);
	close_keep(s);
	return r;
}

/* Root in a user namespace has no privilege over a network that does not belong to
 * that, and so no low port of it.  In a container whose /proc/sys is read-only it stays
 * like that; few builds ask for one. */
static int
ports_low(void)
{
	int fd = open("/proc/sys/net/ipv4/ip_unprivileged_port_start", O_WRONLY | O_CLOEXEC), r;

	if (fd < 0)
		return errno == EROFS || errno == EACCES ? 0 : -1;
	r = file_write(fd, "0", 1);
	close_keep(fd);
	return r;
}

int
net_make(int low)
{
	int down = 0;

	if (unshare(CLONE_NEWNET) < 0)
		return -1;
	if (loopback_up() < 0) {
		if (errno != EPERM)
			return -1;
		down = 1;
	}
	return low && ports_low() < 0 ? -1 : down;
}

int
net_send(int sock)
{
	int fd, r;

	fd = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return -1;
	r = fdpass_send(sock, fd);
	close_keep(fd);
	return r;
}

int
net_join(int sock)
{
	int fd = fdpass_receive(sock), r;

	if (fd < 0)
		return -1;
	r = setns(fd, CLONE_NEWNET);
	close_keep(fd);
	return r;
}
