#include <errno.h>
#include <string.h>
#include <sys/socket.h>

#include "run/fdpass.h"

int
fdpass_send(int sock, int fd)
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
fdpass_receive(int sock)
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
