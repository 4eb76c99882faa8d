#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <grp.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/fsuid.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "buf.h"
#include "file.h"
#include "ns.h"

int
ns_has_cap(int cap)
{
	struct __user_cap_header_struct h = { _LINUX_CAPABILITY_VERSION_3, 0 };
	struct __user_cap_data_struct d[2];

	if (syscall(SYS_capget, &h, d) < 0)
		return 0;
	return (int)(d[cap / 32].effective >> cap % 32 & 1);
}

static int
proc_write(const char *path, const char *s)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC), r;

	if (fd < 0)
		return -1;
	r = file_write(fd, s, strlen(s));
	close_keep(fd);
	return r;
}

int
ns_privilege(void)
{
	char uid[64], gid[64];

	if (ns_has_cap(CAP_SYS_ADMIN))
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

/* Of the privileges that are left to us, those that count. */
static int
privileges_raise(void)
{
	struct __user_cap_header_struct h = { _LINUX_CAPABILITY_VERSION_3, 0 };
	struct __user_cap_data_struct d[2];

	if (syscall(SYS_capget, &h, d) < 0)
		return -1;
	d[0].effective = d[0].permitted;
	d[1].effective = d[1].permitted;
	return (int)syscall(SYS_capset, &h, d);
}

/* The first process of the namespace, which lives until the other end of the pipe is
 * closed.  The namespace belongs to whom the effective user is when it is made; as
 * root's other ids stay, so do the privileges, without which some machines let
 * nobody make one. */
static void
user_hold(unsigned int first, int ready, int end)
{
	char b = 0;

	if (setresgid(-1U, first, -1U) < 0 || setresuid(-1U, first, -1U) < 0 ||
	    privileges_raise() < 0 || unshare(CLONE_NEWUSER) < 0)
		b = (char)errno;
	if (write(ready, &b, 1) == 1)
		while (read(end, &b, 1) < 0 && errno == EINTR)
			;
	_exit(0);
}

static int
user_map(pid_t pid, unsigned int first)
{
	static const char *const names[] = { "uid_map", "gid_map" };
	char path[64], map[64];
	size_t i;

	snprintf(map, sizeof(map), "0 %u %u", first, NS_IDS);
	for (i = 0; i < 2; i++) {
		snprintf(path, sizeof(path), "/proc/%d/%s", (int)pid, names[i]);
		if (proc_write(path, map) < 0)
			return -1;
	}
	snprintf(path, sizeof(path), "/proc/%d/ns/user", (int)pid);
	return open(path, O_RDONLY | O_CLOEXEC);
}

int
ns_user_new(unsigned int first)
{
	int ready[2] = { -1, -1 }, end[2] = { -1, -1 }, fd = -1;
	char failed = 0;
	pid_t pid;

	if (pipe2(ready, O_CLOEXEC) < 0 || pipe2(end, O_CLOEXEC) < 0 || (pid = fork()) < 0) {
		close_keep(ready[0]);
		close_keep(ready[1]);
		return -1;
	}
	if (pid == 0) {
		close(end[1]);
		user_hold(first, ready[1], end[0]);
	}
	close(ready[1]);
	if (read(ready[0], &failed, 1) != 1)
		errno = EIO;
	else if (failed)
		errno = (unsigned char)failed;
	else
		fd = user_map(pid, first);
	close_keep(ready[0]);
	close_keep(end[0]);
	close_keep(end[1]);
	failed = (char)errno;
	while (waitpid(pid, NULL, 0) < 0 && errno == EINTR)
		;
	errno = (unsigned char)failed;
	return fd;
}

int
ns_files_as(unsigned int id)
{
	setfsgid(id);
	setfsuid(id);
	/* Neither tells of a failure, but for what it was before. */
	if ((unsigned int)setfsuid(id) != id || (unsigned int)setfsgid(id) != id) {
		errno = EPERM;
		return -1;
	}
	return privileges_raise();
}

int
ns_user_enter(int fd)
{
	if (setns(fd, CLONE_NEWUSER) < 0 || setgroups(0, NULL) < 0 ||
	    setresgid(0, 0, 0) < 0 || setresuid(0, 0, 0) < 0)
		return -1;
	return 0;
}

/* Ids that no distribution's accounts, subordinate ids or systemd's containers have
 * (systemd's table of users and groups calls them unused): 4094 ranges.  One byte of
 * a file stands for each; a lock on it, which ends with whoever has it, for its use. */
#define RANGE_FIRST 0x70000000U
#define RANGES 4094
#define RANGE_DIR "/run/aoinb"
#define RANGE_FILE RANGE_DIR "/ids"

int
ns_range_take(unsigned int *first)
{
	struct flock lock = { .l_type = F_WRLCK, .l_whence = SEEK_SET, .l_len = 1 };
	unsigned int i;
	int fd;

	if (mkdir(RANGE_DIR, 0700) < 0 && errno != EEXIST)
		return -1;
	fd = open(RANGE_FILE, O_RDWR | O_CREAT | O_NOFOLLOW, 0600);
	for (i = 0; fd >= 0 && i < RANGES; i++) {
		lock.l_start = ((unsigned int)getpid() + i) % RANGES;
		if (fcntl(fd, F_OFD_SETLK, &lock) == 0) {
			*first = RANGE_FIRST + (unsigned int)lock.l_start * NS_IDS;
			return fd;
		}
		if (errno != EAGAIN && errno != EACCES)
			break;
	}
	close_keep(fd);
	return -1;
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
	close_keep(fd);
	buf_free(&b);
	return r;
}
