#include <linux/capability.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "run/confine.h"

/* Not MKNOD: a node of the host's disk would be the host's disk.  Nor anything
 * that tunes the machine or the network. */
static const int kept[] = {
	CAP_AUDIT_WRITE, CAP_CHOWN, CAP_DAC_OVERRIDE, CAP_FOWNER, CAP_FSETID,
	CAP_KILL, CAP_NET_BIND_SERVICE, CAP_SETFCAP, CAP_SETGID, CAP_SETPCAP,
	CAP_SETUID, CAP_SYS_CHROOT,
};

/* gen/filter.c tells what it denies. */
static const struct sock_filter filter[] = {
#include "run/filter.h"
};
static const struct sock_filter filter_sandbox[] = {
#include "run/filter-sandbox.h"
};

#define COUNT(a) (sizeof(a) / sizeof(*(a)))

int
confine_calls(int sandbox)
{
	struct sock_fprog p = { COUNT(filter), (struct sock_filter *)filter };

	if (sandbox)
		p = (struct sock_fprog){ COUNT(filter_sandbox),
		    (struct sock_filter *)filter_sandbox };
	return (int)syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &p);
}

int
confine_caps(void)
{
	struct __user_cap_header_struct h = { _LINUX_CAPABILITY_VERSION_3, 0 };
	struct __user_cap_data_struct d[2] = { 0 };
	size_t i;
	int c;

	for (i = 0; i < COUNT(kept); i++)
		d[kept[i] / 32].permitted |= 1u << kept[i] % 32;
	for (c = 0; c < 64 && prctl(PR_CAPBSET_READ, c, 0, 0, 0) >= 0; c++)
		if (!(d[c / 32].permitted >> c % 32 & 1) &&
		    prctl(PR_CAPBSET_DROP, c, 0, 0, 0) < 0)
			return -1;
	/* The end must be that of the kernel's list, which has these since Linux 5.9. */
	if (c <= CAP_CHECKPOINT_RESTORE)
		return -1;
	for (i = 0; i < 2; i++)
		d[i].effective = d[i].permitted;
	return (int)syscall(SYS_capset, &h, d);
}
