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
	int master, slave;
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
	errno = pthread_create(&t, NULL, nothing, NULL);
	say("thread", errno ? -1 : 0);
	return 0;
}
