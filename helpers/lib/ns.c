#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "buf.h"
#include "file.h"
#include "ns.h"

static int
has_sys_admin(void)
{
	struct __user_cap_header_struct h = { _LINUX_CAPABILITY_VERSION_3, 0 };
	struct __user_cap_data_struct d[2];

	if (syscall(SYS_capget, &h, d) < 0)
		return 0;
	return d[0].effective >> CAP_SYS_ADMIN & 1;
}

static int
proc_write(const char *path, const char *s)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC), r;

	if (fd < 0)
		return -1;
	r = file_write(fd, s, strlen(s));
	close(fd);
	return r;
}

int
ns_privilege(void)
{
	char uid[64], gid[64];

	if (has_sys_admin())
		return 0;
	snprintf(uid, sizeof(uid), "0 %u 1", geteuid());
	snprintf(gid, sizeof(gid), "0 %u 1", getegid());
	if (unshare(CLONE_NEWUSER) < 0) {
		if (errno == ENOSPC)
			errno = EPERM; /* user.max_user_namespaces is 0 */
		return -1;
	}
	/* Without "deny", the kernel takes no gid_map from the unprivileged. */
	if (proc_write("/proc/self/setgroups", "deny") < 0 ||
	    proc_write("/proc/self/uid_map", uid) < 0 ||
	    proc_write("/proc/self/gid_map", gid) < 0)
		return -1;
	return 0;
}

int
ns_in_user(void)
{
	unsigned int in, out, n;
	struct buf b = { 0 };
	int fd, r = 0;

	fd = open("/proc/self/uid_map", O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return 0; /* a kernel without user namespaces */
	if (buf_read(&b, fd, 4096) == 0 && b.s &&
	    sscanf(b.s, "%u %u %u", &in, &out, &n) == 3)
		r = in != 0 || out != 0 || n != (unsigned int)-1;
	close(fd);
	buf_free(&b);
	return r;
}
