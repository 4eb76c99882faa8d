#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <unistd.h>

#include "err.h"
#include "file.h"
#include "mnt.h"
#include "run/self.h"

#ifndef MFD_EXEC
#define MFD_EXEC 0x10U		/* since Linux 6.3 */
#endif

/* Execution by descriptor is told by the name that the kernel makes up. */
static int
is_enclosed(void)
{
	static const char by_fd[] = "/dev/fd/";
	const char *name = (const char *)getauxval(AT_EXECFN);

	return name && !strncmp(name, by_fd, sizeof(by_fd) - 1);
}

/* What we and systemd-nspawn read, and whoever looks for faults in us; the rest is the
 * caller's own. */
static void
keep(char *env[])
{
	static const char *const ours[] = { "PATH=", "TERM=", "NO_COLOR=", "LD_", "AOINB_",
	    "ASAN_", "LSAN_", "UBSAN_" };
	size_t i, n = 0;
	char **p;

	for (p = env; *p; p++)
		for (i = 0; i < sizeof(ours) / sizeof(*ours); i++)
			if (!strncmp(*p, ours[i], strlen(ours[i]))) {
				env[n++] = *p;
				break;
			}
	env[n] = NULL;
}

/* All of the file from, in memory.  Returns a descriptor, or -1 with errno set. */
static int
copy(int from)
{
	int to = memfd_create("aoinb-run", MFD_CLOEXEC | MFD_ALLOW_SEALING | MFD_EXEC);
	struct stat st;
	ssize_t n;

	if (to < 0 && errno == EINVAL)
		to = memfd_create("aoinb-run", MFD_CLOEXEC | MFD_ALLOW_SEALING);
	if (to < 0 || fstat(from, &st) < 0)
		return -1;
	while (st.st_size > 0) {
		n = sendfile(to, from, NULL, (size_t)st.st_size);
		if (n <= 0)
			return -1;
		st.st_size -= n;
	}
	return fcntl(to, F_ADD_SEALS, F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW |
	    F_SEAL_WRITE) < 0 ? -1 : to;
}

/* The command line, where the kernel shows it from. */
static struct { char *at; size_t len; } line;

/* From now on argv is somewhere else. */
static void
move_line(char *argv[])
{
	char *end = argv[0];

	line.at = argv[0];
	for (; *argv; argv++) {
		end = *argv + strlen(*argv) + 1;
		*argv = strdup(*argv);
		if (!*argv)
			die_sys(EX_OSERR, "memory");
	}
	line.len = (size_t)(end - line.at);
}

void
self_enclose(char *argv[])
{
	int file, fd;

	if (is_enclosed()) {
		move_line(argv);
		program_invocation_name = program_invocation_short_name = argv[0];
		return;
	}
	file = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
	if (file < 0)
		die_sys(err_code(errno), "/proc/self/exe");
	fd = mnt_copy(file, "", 0, MOUNT_ATTR_RDONLY);
	if (fd < 0)
		fd = copy(file);
	if (fd >= 0) {
		keep(environ);
		execveat(fd, "", argv, environ, AT_EMPTY_PATH);
	}
	die_sys(EX_OSERR, "start from what cannot be written");
}

int
self_hide(void)
{
	memset(line.at, 0, line.len);
	return prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
}
