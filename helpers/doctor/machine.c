#include <fcntl.h>
#include <linux/capability.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "doctor/doctor.h"
#include "err.h"
#include "file.h"
#include "kernel.h"
#include "ns.h"

static int
has_overlay(void)
{
	struct answer a;
	FILE *f = fopen("/proc/filesystems", "re");
	char line[128];
	int found = 0;

	while (f && !found && fgets(line, sizeof(line), f))
		found = strstr(line, "\toverlay\n") != NULL;
	if (f)
		fclose(f);
	if (!found && ask_has("modprobe")) {
		found = ASK(&a, "modprobe", "overlay") == 0;
		answer_free(&a);
	}
	return found;
}

static void
look_kernel(struct doctor *d)
{
	static const char *const spaces[] = { "pid", "ipc", "uts", "mnt", "net", "cgroup" };
	struct utsname name;
	char path[64];
	size_t i;

	if (uname(&name) < 0)
		die_sys(EX_OSERR, "uname");
	if (kernel_suffices())
		find(&d->found, GOOD, "kernel %s", name.release);
	else
		find(&d->found, BAD, "kernel %s: older than " KERNEL_LEAST "; boot a newer one", name.release);
	if (has_overlay())
		find(&d->found, GOOD, "overlay");
	else
		find(&d->found, BAD, "the kernel has no overlay; load or build the module overlay");
	for (i = 0; i < sizeof(spaces) / sizeof(*spaces); i++) {
		snprintf(path, sizeof(path), "/proc/self/ns/%s", spaces[i]);
		if (access(path, F_OK) < 0)
			find(&d->found, BAD, "the kernel has no %s namespaces; build it with "
			    "CONFIG_NAMESPACES", spaces[i]);
	}
}

static void
look_rights(struct doctor *d)
{
	if (geteuid() != 0) {
		find(&d->found, BAD, "not root; aoinb mounts and keeps the owners of files; use sudo");
		return;
	}
	find(&d->found, GOOD, "root");
	if (!ns_has_cap(CAP_SYS_ADMIN))
		find(&d->found, BAD, "root may not mount here (no CAP_SYS_ADMIN); give this container "
		    "that capability, or run aoinb on the machine itself");
	if (!ns_has_cap(CAP_NET_ADMIN))
		find(&d->found, WARN, "no CAP_NET_ADMIN: the loopback of a build without a network stays "
		    "down; give this container that capability");
	if (!ns_has_cap(CAP_MKNOD))
		find(&d->found, WARN, "no CAP_MKNOD: builds see the device nodes of this machine, "
		    "read-only, and images with device nodes cannot be unpacked; give this container that capability");
}

static void
look_cgroup(struct doctor *d)
{
	struct answer a;
	struct buf b = { 0 };
	char *record;

	if (asprintf(&record, "%s/record", d->scratch) < 0)
		die_sys(EX_OSERR, "memory");
	if (ASK(&a, "aoinb-rusage", "-o", record, "true") != 0)
		find(&d->found, BAD, "a program cannot be measured: %s", answer_why(&a));
	else if (file_get(AT_FDCWD, record, 1 << 16, &b) < 0)
		find(&d->found, BAD, "%s: cannot be read", record);
	else if (strstr(b.s, "source=cgroup2\n"))
		find(&d->found, GOOD, "cgroup v2 with controllers");
	else if (strstr(b.s, "source=cgroup1\n"))
		find(&d->found, GOOD, "cgroup v1");
	else
		find(&d->found, WARN, "no cgroup that we may use: memory and tasks are sampled from /proc; "
		    "run as root, or with cgroups mounted");
	buf_free(&b);
	answer_free(&a);
	free(record);
}

static void
look_tools(struct doctor *d)
{
	static const struct tool { const char *prog, *package, *needs; } tools[] = {
		{ "flock", "util-linux", NULL },
		{ "setpriv", "util-linux", NULL },
		{ "jq", "jq", "load-baseos without an image" },
		{ "apt-ftparchive", "apt-utils", NULL },
		{ "unsquashfs", "squashfs-tools", "squashfs images" },
		{ "mmdebstrap", "mmdebstrap", "load-baseos --debian" },
		{ "systemd-nspawn", "systemd-container", "--backend=nspawn" },
	};
	const struct tool *t;

	for (t = tools; t < tools + sizeof(tools) / sizeof(*tools); t++)
		if (ask_has(t->prog))
			find(&d->found, GOOD, "%s", t->prog);
		else if (t->needs)
			find(&d->found, WARN, "%s is missing, which %s needs; install %s",
			    t->prog, t->needs, t->package);
		else
			find(&d->found, BAD, "%s is missing; install %s", t->prog, t->package);
}

void
look_machine(struct doctor *d)
{
	look_kernel(d);
	look_rights(d);
	look_cgroup(d);
	look_tools(d);
}
