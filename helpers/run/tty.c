#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "run/tty.h"

static struct termios before;
static int is_raw;

static int
send_fd(int sock, int fd)
{
	union { struct cmsghdr h; char b[CMSG_SPACE(sizeof(int))]; } c = { 0 };
	struct iovec iov = { .iov_base = "", .iov_len = 1 };
	struct msghdr m = { .msg_iov = &iov, .msg_iovlen = 1,
	    .msg_control = c.b, .msg_controllen = sizeof(c.b) };

	c.h.cmsg_level = SOL_SOCKET;
	c.h.cmsg_type = SCM_RIGHTS;
	c.h.cmsg_len = CMSG_LEN(sizeof(int));
	memcpy(CMSG_DATA(&c.h), &fd, sizeof(fd));
	return sendmsg(sock, &m, MSG_NOSIGNAL) < 0 ? -1 : 0;
}

int
tty_receive(int sock)
{
	union { struct cmsghdr h; char b[CMSG_SPACE(sizeof(int))]; } c = { 0 };
	char byte;
	struct iovec iov = { .iov_base = &byte, .iov_len = 1 };
	struct msghdr m = { .msg_iov = &iov, .msg_iovlen = 1,
	    .msg_control = c.b, .msg_controllen = sizeof(c.b) };
	int fd;

	if (recvmsg(sock, &m, MSG_CMSG_CLOEXEC) < 0)
		return -1;
	if (c.h.cmsg_len != CMSG_LEN(sizeof(int)) || c.h.cmsg_type != SCM_RIGHTS) {
		errno = EPIPE;
		return -1;
	}
	memcpy(&fd, CMSG_DATA(&c.h), sizeof(fd));
	return fd;
}

int
tty_send(const struct init *in)
{
	int master = open("/dev/ptmx", O_RDWR | O_NOCTTY | O_CLOEXEC), no = 0;

	if (master < 0)
		return -1;
	if (ioctl(master, TIOCSPTLCK, &no) < 0 ||
	    tcsetattr(master, TCSANOW, &in->termios) < 0 ||
	    ioctl(master, TIOCSWINSZ, &in->size) < 0)
		return -1;
	return send_fd(in->parent, master);
}

/* The container is new, so its terminal is number 0. */
int
tty_take(void)
{
	int fd = open("/dev/pts/0", O_RDWR | O_NOCTTY);

	if (fd < 0 || ioctl(fd, TIOCSCTTY, 0) < 0 || dup2(fd, STDIN_FILENO) < 0 ||
	    dup2(fd, STDOUT_FILENO) < 0 || dup2(fd, STDERR_FILENO) < 0)
		return -1;
	return close(fd);
}

int
tty_raw(const struct termios *saved)
{
	struct termios raw = *saved;

	if (!is_raw)
		atexit(tty_restore);
	before = *saved;
	is_raw = 1;
	cfmakeraw(&raw);
	return tcsetattr(STDIN_FILENO, TCSANOW, &raw);
}

void
tty_restore(void)
{
	if (is_raw)
		tcsetattr(STDIN_FILENO, TCSANOW, &before);
	is_raw = 0;
}

int
tty_resize(int master)
{
	struct winsize size;

	if (ioctl(STDIN_FILENO, TIOCGWINSZ, &size) < 0)
		return -1;
	return ioctl(master, TIOCSWINSZ, &size);
}
