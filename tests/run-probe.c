/* What a program inside may do, a line each: built and run there by run.t. */
#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <pthread.h>
#include <pty.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/personality.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

static void
say(const char *what, long r)
{
	printf("%s %s\n", what, r < 0 ? strerrorname_np(errno) : "ok");
}

static void *
nothing(void *p)
{
	return p;
}

int
main(void)
{
	struct open_how how = { .flags = O_RDONLY };
	struct file_handle handle = { 0 };
	int master, slave, mount;
	pthread_t t;

	say("keyctl", syscall(SYS_keyctl, 0, -3, 0));
	say("add_key", syscall(SYS_add_key, "user", "a", "b", 1, -3));
	say("bpf", syscall(SYS_bpf, 0, 0, 0));
	say("perf_event_open", syscall(SYS_perf_event_open, 0, 0, 0, 0, 0));
	say("userfaultfd", syscall(SYS_userfaultfd, 1));
	say("open_by_handle_at", syscall(SYS_open_by_handle_at, 0, 0, 0));
	say("init_module", syscall(SYS_init_module, 0, 0, 0));
	say("kexec_load", syscall(SYS_kexec_load, 0, 0, 0, 0));
	say("syslog", syscall(SYS_syslog, 10, 0, 0));
	say("clone3", syscall(SYS_clone3, 0, 0));
	say("io_uring_setup", syscall(SYS_io_uring_setup, 0, 0));
	say("no such call", syscall(2000));
	say("openat2", syscall(SYS_openat2, AT_FDCWD, "/", &how, sizeof(how)));
	say("personality", personality(0xffffffff));
	say("ptrace", ptrace(PTRACE_TRACEME, 0, 0, 0));
	say("openpty", openpty(&master, &slave, NULL, NULL, NULL));
	say("TIOCSTI", ioctl(slave, TIOCSTI, "x"));
	say("user namespace", unshare(CLONE_NEWUSER));
	say("fanotify_init", syscall(SYS_fanotify_init, 0, 0));
	say("kcmp", syscall(SYS_kcmp, getpid(), getpid(), 0, 0, 0));
	say("memfd_secret", syscall(SYS_memfd_secret, 0));
#ifdef SYS_modify_ldt
	say("modify_ldt", syscall(SYS_modify_ldt, 0, &how, sizeof(how)));
#else
	printf("modify_ldt EPERM\n");
#endif
	say("name_to_handle_at", syscall(SYS_name_to_handle_at, AT_FDCWD, "/", &handle, &mount, 0));
	say("socket UNIX", socket(AF_UNIX, SOCK_STREAM, 0));
	say("socket INET", socket(AF_INET, SOCK_STREAM, 0));
	say("socket INET6", socket(AF_INET6, SOCK_DGRAM, 0));
	say("socket NETLINK route", socket(AF_NETLINK, SOCK_RAW, 0));
	say("socket NETLINK audit", socket(AF_NETLINK, SOCK_RAW, 9));
	say("socket PACKET", socket(AF_PACKET, SOCK_DGRAM, 0));
	say("socket ALG", socket(AF_ALG, SOCK_SEQPACKET, 0));
	say("socket VSOCK", socket(AF_VSOCK, SOCK_STREAM, 0));
	say("socket AX25", socket(AF_AX25, SOCK_STREAM, 0));
	errno = pthread_create(&t, NULL, nothing, NULL);
	say("thread", errno ? -1 : 0);
	return 0;
}
