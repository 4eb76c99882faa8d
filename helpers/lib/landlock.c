#include <errno.h>
#include <fcntl.h>
#include <linux/landlock.h>
#include <stdint.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "file.h"
#include "landlock.h"

/* What headers older than the kernel do not have. */
#define REFER		(1ULL << 13)	/* rename and link to another folder */
#define TRUNCATE	(1ULL << 14)
#define IOCTL_DEV	(1ULL << 15)
#define SCOPE_SOCKET	(1ULL << 0)	/* abstract ones */
#define SCOPE_SIGNAL	(1ULL << 1)

/* As struct landlock_ruleset_attr; the kernel takes what it does not know if
 * that is 0. */
struct ruleset {
	uint64_t fs, net, scopes;
};

/* Rights by the version of the interface that brought them. */
static struct ruleset
rights(long version, enum landlock_exec exec)
{
	struct ruleset r = { .fs =
	    LANDLOCK_ACCESS_FS_WRITE_FILE | LANDLOCK_ACCESS_FS_REMOVE_DIR |
	    LANDLOCK_ACCESS_FS_REMOVE_FILE | LANDLOCK_ACCESS_FS_MAKE_CHAR |
	    LANDLOCK_ACCESS_FS_MAKE_DIR | LANDLOCK_ACCESS_FS_MAKE_REG |
	    LANDLOCK_ACCESS_FS_MAKE_SOCK | LANDLOCK_ACCESS_FS_MAKE_FIFO |
	    LANDLOCK_ACCESS_FS_MAKE_BLOCK | LANDLOCK_ACCESS_FS_MAKE_SYM |
	    REFER };

	if (version >= 3)
		r.fs |= TRUNCATE;
	if (version >= 5)
		r.fs |= IOCTL_DEV;
	if (version >= 6)
		r.scopes = SCOPE_SOCKET | SCOPE_SIGNAL;
	if (exec == LANDLOCK_NO_EXEC)
		r.fs |= LANDLOCK_ACCESS_FS_EXECUTE;
	return r;
}

int
landlock_scope(void)
{
	struct ruleset r = { .scopes = SCOPE_SOCKET };
	int fd, done;

	if (syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION) < 6)
		return 1;
	fd = (int)syscall(SYS_landlock_create_ruleset, &r, sizeof(r), 0);
	if (fd < 0)
		return -1;
	done = syscall(SYS_landlock_restrict_self, fd, 0) < 0 ? -1 : 0;
	close_keep(fd);
	return done;
}

/* /dev/null, which programs open for writing before anything else.  Where it is another
 * device, they have none. */
static int
allow_null(int rules, long version)
{
	struct landlock_path_beneath_attr null = {
	    .allowed_access = LANDLOCK_ACCESS_FS_WRITE_FILE | (version >= 3 ? TRUNCATE : 0),
	    .parent_fd = open("/dev/null", O_PATH | O_NOFOLLOW | O_CLOEXEC) };
	struct stat st;
	int r = 0;

	if (null.parent_fd >= 0 && fstat(null.parent_fd, &st) == 0 && S_ISCHR(st.st_mode) &&
	    st.st_rdev == makedev(1, 3))
		r = (int)syscall(SYS_landlock_add_rule, rules, LANDLOCK_RULE_PATH_BENEATH,
		    &null, 0);
	close_keep(null.parent_fd);
	return r;
}

/* Version 1 lets nobody rename or link from one folder to another. */
int
landlock_write_only(int dir, enum landlock_exec exec)
{
	long version = syscall(SYS_landlock_create_ruleset, NULL, 0,
	    LANDLOCK_CREATE_RULESET_VERSION);
	struct ruleset r = rights(version, exec);
	struct landlock_path_beneath_attr beneath = { .parent_fd = dir,
	    .allowed_access = r.fs & ~(uint64_t)LANDLOCK_ACCESS_FS_EXECUTE };
	int fd, done = -1;

	if (version < 2)
		return 1;
	fd = (int)syscall(SYS_landlock_create_ruleset, &r, sizeof(r), 0);
	if (fd < 0)
		return -1;
	if (syscall(SYS_landlock_add_rule, fd, LANDLOCK_RULE_PATH_BENEATH,
	    &beneath, 0) == 0 &&
	    (exec == LANDLOCK_NO_EXEC || allow_null(fd, version) == 0) && prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
	    syscall(SYS_landlock_restrict_self, fd, 0) == 0)
		done = 0;
	close_keep(fd);
	return done;
}
