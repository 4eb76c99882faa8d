/* Compiles the filter of system calls that aoinb-run loads, and prints it for C; with
 * the argument "sandbox", the one for programs that may make user namespaces.  Run by
 * make(1), on a machine of the kind that it is for.  In aoinb-run itself it
 * would take a tenth of the time in which a container starts. */
#include <errno.h>
#include <linux/filter.h>
#include <sched.h>
#include <seccomp.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

/* The kernel's loaders and keys, and interfaces whose bugs have let people out
 * of containers before. */
static const int denied[] = {
	SCMP_SYS(acct), SCMP_SYS(add_key), SCMP_SYS(bpf),
	SCMP_SYS(delete_module), SCMP_SYS(fanotify_init), SCMP_SYS(fanotify_mark),
	SCMP_SYS(finit_module), SCMP_SYS(init_module), SCMP_SYS(kcmp),
	SCMP_SYS(kexec_file_load), SCMP_SYS(kexec_load), SCMP_SYS(keyctl),
	SCMP_SYS(memfd_secret), SCMP_SYS(modify_ldt), SCMP_SYS(name_to_handle_at),
	SCMP_SYS(open_by_handle_at), SCMP_SYS(perf_event_open),
	SCMP_SYS(quotactl), SCMP_SYS(reboot), SCMP_SYS(request_key),
	SCMP_SYS(swapoff), SCMP_SYS(swapon), SCMP_SYS(syslog),
	SCMP_SYS(userfaultfd),
};

/* Programs ask for these first and know an older way.  clone3 must go where
 * clone is looked at, since its flags lie in memory. */
static const int unknown[] = {
	SCMP_SYS(clone3), SCMP_SYS(io_uring_enter), SCMP_SYS(io_uring_register),
	SCMP_SYS(io_uring_setup),
};

/* A call is denied when, of this argument, the bits under mask are value: user
 * namespaces, in which everybody has all capabilities; and the ways to type
 * into, and paste to, a terminal one was let write to. */
static const struct {
	int call;
	unsigned int arg;
	unsigned long mask, value;
} parts[] = {
#ifdef __s390__
	{ SCMP_SYS(clone), 1, CLONE_NEWUSER, CLONE_NEWUSER },
#else
	{ SCMP_SYS(clone), 0, CLONE_NEWUSER, CLONE_NEWUSER },
#endif
	{ SCMP_SYS(unshare), 0, CLONE_NEWUSER, CLONE_NEWUSER },
	{ SCMP_SYS(ioctl), 1, 0xffffffff, TIOCSTI },
	{ SCMP_SYS(ioctl), 1, 0xffffffff, TIOCLINUX },
};

/* Families of sockets that are not there: all but UNIX, INET, INET6 and NETLINK, of which
 * only the routes (protocol 0) are.  Programs that look for the others, as useradd(8) does
 * for audit, know this error.  32-bit programs that use socketcall(2) are not seen. */
static const int families[] = { AF_UNIX, AF_INET, AF_INET6, AF_NETLINK };

#define COUNT(a) (sizeof(a) / sizeof(*(a)))

/* The second sort of program that a machine runs. */
static int
other_arch(scmp_filter_ctx f)
{
	switch (seccomp_arch_native()) {
	case SCMP_ARCH_X86_64: return seccomp_arch_add(f, SCMP_ARCH_X86);
	case SCMP_ARCH_AARCH64: return seccomp_arch_add(f, SCMP_ARCH_ARM);
	case SCMP_ARCH_PPC64: return seccomp_arch_add(f, SCMP_ARCH_PPC);
	case SCMP_ARCH_S390X: return seccomp_arch_add(f, SCMP_ARCH_S390);
	case SCMP_ARCH_MIPSEL64:
		if (seccomp_arch_add(f, SCMP_ARCH_MIPSEL64N32) < 0)
			return -1;
		return seccomp_arch_add(f, SCMP_ARCH_MIPSEL);
	}
	return 0;
}

static int
is_family(unsigned int n)
{
	size_t i;

	for (i = 0; i < COUNT(families); i++)
		if (n == (unsigned int)families[i])
			return 1;
	return 0;
}

static int
sockets(scmp_filter_ctx f)
{
	unsigned int n;
	int r = 0;

	for (n = 0; r >= 0 && n < AF_NETLINK; n++)
		if (!is_family(n))
			r = seccomp_rule_add(f, SCMP_ACT_ERRNO(EAFNOSUPPORT),
			    SCMP_SYS(socket), 1, SCMP_CMP(0, SCMP_CMP_EQ, n, 0));
	if (r < 0 || (r = seccomp_rule_add(f, SCMP_ACT_ERRNO(EAFNOSUPPORT), SCMP_SYS(socket), 1,
	    SCMP_CMP(0, SCMP_CMP_GT, AF_NETLINK, 0))) < 0)
		return r;
	return seccomp_rule_add(f, SCMP_ACT_ERRNO(EAFNOSUPPORT), SCMP_SYS(socket), 2,
	    SCMP_CMP(0, SCMP_CMP_EQ, AF_NETLINK, 0), SCMP_CMP(2, SCMP_CMP_NE, 0, 0));
}

static int
rules(scmp_filter_ctx f, int sandbox)
{
	size_t i;
	int r;

	/* The third, such as x32, finds a kernel without it. */
	if ((r = seccomp_attr_set(f, SCMP_FLTATR_ACT_BADARCH,
	    SCMP_ACT_ERRNO(ENOSYS))) < 0 ||
	    (r = seccomp_attr_set(f, SCMP_FLTATR_CTL_NNP, 0)) < 0 ||
	    (r = seccomp_attr_set(f, SCMP_FLTATR_CTL_OPTIMIZE, 2)) < 0 ||
	    (r = other_arch(f)) < 0)
		return r;
	for (i = 0; r >= 0 && i < COUNT(denied); i++)
		r = seccomp_rule_add(f, SCMP_ACT_ERRNO(EPERM), denied[i], 0);
	for (i = 0; r >= 0 && i < COUNT(unknown); i++)
		r = seccomp_rule_add(f, SCMP_ACT_ERRNO(ENOSYS), unknown[i], 0);
	for (i = 0; r >= 0 && i < COUNT(parts); i++)
		if (!sandbox || parts[i].value != CLONE_NEWUSER)
			r = seccomp_rule_add(f, SCMP_ACT_ERRNO(EPERM), parts[i].call, 1,
			    SCMP_CMP(parts[i].arg, SCMP_CMP_MASKED_EQ,
			    parts[i].mask, parts[i].value));
	return r < 0 ? r : sockets(f);
}

static int
print(int fd)
{
	struct sock_filter f;
	ssize_t n;

	puts("/* Made by helpers/run/gen/filter.c. */");
	while ((n = read(fd, &f, sizeof(f))) == sizeof(f))
		printf("{ %#x, %u, %u, %#x },\n", f.code, f.jt, f.jf, f.k);
	return n == 0 && fflush(stdout) == 0 ? 0 : -1;
}

int
main(int argc, char *argv[])
{
	scmp_filter_ctx f = seccomp_init(SCMP_ACT_ALLOW);
	int sandbox = argc > 1 && !strcmp(argv[1], "sandbox");
	int fd = memfd_create("filter", 0), r;

	if (!f || fd < 0 || (r = rules(f, sandbox)) < 0 ||
	    (r = seccomp_export_bpf(f, fd)) < 0) {
		fprintf(stderr, "filter: libseccomp: %s\n",
		    f && fd >= 0 ? strerror(-r) : "no memory");
		return 1;
	}
	seccomp_release(f);
	if (lseek(fd, 0, SEEK_SET) < 0 || print(fd) < 0) {
		perror("filter");
		return 1;
	}
	return 0;
}
