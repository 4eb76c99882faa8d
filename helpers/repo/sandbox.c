#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <sched.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "file.h"
#include "landlock.h"
#include "repo/sandbox.h"
#include "store/store.h"

enum { NOBODY = 65534 };

int
sandbox_folder(int dir, const char *path)
{
	int fd;

	if (store_remove(dir, path) < 0 || mkdirat(dir, path, 0700) < 0)
		return -1;
	fd = openat(dir, path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd >= 0 && geteuid() == 0 && fchown(fd, NOBODY, NOBODY) < 0) {
		close_keep(fd);
		return -1;
	}
	return fd;
}

static int
limit(int resource, rlim_t most)
{
	return setrlimit(resource, &(struct rlimit){ most, most });
}

int
sandbox_enter(int dir)
{
	if (limit(RLIMIT_AS, SANDBOX_MEMORY) < 0 || limit(RLIMIT_FSIZE, SANDBOX_FILE) < 0 ||
	    limit(RLIMIT_CPU, SANDBOX_CPU) < 0 || limit(RLIMIT_CORE, 0) < 0)
		return -1;
	if (geteuid() == 0 && (unshare(CLONE_NEWNET | CLONE_NEWIPC) < 0 ||
	    setgroups(0, NULL) < 0 || setresgid(NOBODY, NOBODY, NOBODY) < 0 ||
	    setresuid(NOBODY, NOBODY, NOBODY) < 0))
		return -1;
	/* Where the kernel has no Landlock, nobody's files are all it can write. */
	if (landlock_write_only(dir, LANDLOCK_EXEC) < 0)
		return -1;
	return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
}
