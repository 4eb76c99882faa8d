#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <sys/stat.h>
#include <unistd.h>

#include "file.h"
#include "mnt.h"
#include "run/procfs.h"

static const char *const fixed[] = {
	"bus", "fs", "irq", "sys", "sysrq-trigger",
};

static const char *const hidden[] = {
	"acpi", "asound", "kcore", "keys", "latency_stats", "sched_debug", "scsi",
	"timer_list", "timer_stats",
};

/* Not every kernel has each of them. */
static int
unless_missing(int r)
{
	return r < 0 && errno == ENOENT ? 0 : r;
}

static int
hide(int dir, const char *name, int null, int empty)
{
	struct stat st;

	if (fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return unless_missing(-1);
	return mnt_bind(S_ISDIR(st.st_mode) ? empty : null, "", dir, name,
	    MOUNT_ATTR_RDONLY);
}

int
procfs_mount(int at, int null, int empty)
{
	int proc = mnt_new("proc", NOSUID_NODEV_NOEXEC, NULL), r;
	size_t i;

	if (proc < 0)
		return -1;
	r = mnt_attach(proc, at);
	for (i = 0; r == 0 && i < sizeof(fixed) / sizeof(*fixed); i++)
		r = unless_missing(mnt_bind(proc, fixed[i], proc, fixed[i],
		    MOUNT_ATTR_RDONLY));
	for (i = 0; r == 0 && i < sizeof(hidden) / sizeof(*hidden); i++)
		r = hide(proc, hidden[i], null, empty);
	close_keep(proc);
	return r;
}

/* Who does not own the network namespace gets no new sysfs, but may show the
 * one there is. */
int
procfs_mount_sys(int at, int empty)
{
	int sys = mnt_new("sysfs", NOSUID_NODEV_NOEXEC | MOUNT_ATTR_RDONLY, NULL), r;

	if (sys < 0 && errno == EPERM)
		sys = mnt_copy(AT_FDCWD, "/sys", AT_RECURSIVE, MOUNT_ATTR_RDONLY);
	if (sys < 0)
		return -1;
	r = mnt_attach(sys, at);
	if (r == 0)
		r = hide(sys, "firmware", -1, empty);
	close_keep(sys);
	return r;
}
