#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "err.h"
#include "file.h"
#include "fetch/cache.h"
#include "fetch/user.h"
#include "proc.h"

int
user_find(struct user *u, const char *name)
{
	const struct passwd *pw = getpwnam(name);

	if (!pw) {
		note("there is no user %s, using nobody", name);
		pw = getpwnam("nobody");
	}
	if (!pw) {
		errno = ENOENT;
		return -1;
	}
	*u = (struct user){ pw->pw_uid, pw->pw_gid };
	return 0;
}

/* Gives away name in dir when it is a file or a folder.  Not what has another
 * name somewhere: it might be a file of root's that its last owner put here.
 * Returns 1 when it was somebody else's, 0 when there was nothing to do, -1 with
 * errno set. */
static int
give(int dir, const char *name, const struct user *u)
{
	int fd = openat(dir, name, O_PATH | O_NOFOLLOW | O_CLOEXEC), r = -1;
	struct stat st;

	if (fd < 0)
		return errno == ENOENT ? 0 : -1;
	if (fstat(fd, &st) == 0)
		r = st.st_uid != u->uid && (S_ISDIR(st.st_mode) ||
		    (S_ISREG(st.st_mode) && st.st_nlink == 1));
	if (r == 1 && fchownat(fd, "", u->uid, u->gid, AT_EMPTY_PATH) < 0)
		r = -1;
	close_keep(fd);
	return r;
}

/* Gives away what is in the folder name. */
static int
give_inside(const char *name, const struct user *u)
{
	int fd = open(name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	DIR *d = fd < 0 ? NULL : fdopendir(fd);
	struct dirent *e;
	int r = 0;

	if (!d) {
		close_keep(fd);
		return -1;
	}
	while (r >= 0 && (errno = 0, e = readdir(d)))
		if (*e->d_name != '.')
			r = give(fd, e->d_name, u);
	if (r >= 0 && errno)
		r = -1;
	closedir(d);
	return r < 0 ? -1 : 0;
}

/* What root left under way is looked for each time, for it must be written to. */
int
user_own(const struct user *u)
{
	const char *name;
	size_t i;
	int was;

	if (give(AT_FDCWD, ".", u) < 0)
		return -1;
	for (i = 0; (name = cache_folder(i)); i++) {
		was = give(AT_FDCWD, name, u);
		if (was < 0 || ((was || !strcmp(name, "part")) &&
		    give_inside(name, u) < 0 && errno != ENOENT))
			return -1;
	}
	return 0;
}

/* The kernel forgets a death signal when the user changes. */
int
user_become(const struct user *u)
{
	int parent = getppid(), dies = 0;

	prctl(PR_GET_PDEATHSIG, &dies);
	if (setgroups(0, NULL) < 0 || setresgid(u->gid, u->gid, u->gid) < 0 ||
	    setresuid(u->uid, u->uid, u->uid) < 0 ||
	    prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
		return -1;
	return dies ? proc_die_with(parent) : 0;
}

static gid_t *groups;
static int ngroups;

int
user_borrow(const struct user *u)
{
	int n = getgroups(0, NULL);

	free(groups);
	groups = n < 0 ? NULL : calloc((size_t)n + 1, sizeof(*groups));
	if (!groups || (ngroups = getgroups(n, groups)) < 0)
		return -1;
	return setgroups(0, NULL) < 0 || setegid(u->gid) < 0 ||
	    seteuid(u->uid) < 0 ? -1 : 0;
}

int
user_return(void)
{
	int r = seteuid(getuid()) < 0 || setegid(getgid()) < 0 ||
	    setgroups((size_t)ngroups, groups) < 0 ? -1 : 0;

	free(groups);
	groups = NULL;
	return r;
}
