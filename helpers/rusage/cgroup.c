#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "file.h"
#include "rusage/cgroup.h"
#include "rusage/cgdir.h"
#include "rusage/cgpath.h"

static const char *const v1_ctl[CG_N] = {
	"", "cpuacct", "memory", "pids", "name=systemd",
};

static void
keep(struct cgroup *cg, int which, int parent, int dir)
{
	cg->parent[which] = parent;
	cg->dir[which] = dir;
}

/* Whether children of dir get the memory and the pids controller. */
static int
gives_controllers(int dir)
{
	char s[256];

	return cgroup_text(dir, "cgroup.subtree_control", s, sizeof(s)) == 0 &&
	    cgpath_has(s, "memory", ' ') && cgpath_has(s, "pids", ' ');
}

/* Makes our folder in path.  A child of a threaded cgroup cannot hold whole
 * processes: that one goes again. */
static int
make_in(struct cgroup *cg, int which, const char *path, int controllers)
{
	char type[32];
	int parent, dir;

	parent = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (parent < 0)
		return -1;
	if (controllers && !gives_controllers(parent))
		goto fail;
	cgdir_sweep(parent, path, NULL, 0);
	dir = cgdir_make(parent, cg->name);
	if (dir < 0)
		goto fail;
	if (which == CG_V2 && (cgroup_text(dir, "cgroup.type", type,
	    sizeof(type)) < 0 || strcmp(type, "domain\n"))) {
		cgdir_remove(parent, cg->name);
		close_keep(dir);
		goto fail;
	}
	keep(cg, which, parent, dir);
	return 0;
fail:
	close_keep(parent);
	return -1;
}

/* Takes the last name off path, but leaves what is mounted (the first top
 * bytes), and does not leave the cgroup of another aoinb-rusage: what runs below
 * that one is to count, and be limited, there.  Returns whether it did. */
static int
go_up(char *path, size_t top)
{
	char *slash = strrchr(path, '/');

	if (!slash || (size_t)(slash - path) < top || cgdir_is_name(slash + 1))
		return 0;
	*slash = '\0';
	return 1;
}

/* Walks from our own cgroup up to what is mounted.  Processes may only sit in
 * leaves, so the place with controllers is most often an ancestor (a slice). */
static int
make_v2(struct cgroup *cg, int controllers)
{
	size_t top;
	char *path = cgpath_own("", &top);
	int r = -1;

	while (path && (r = make_in(cg, CG_V2, path, controllers)) < 0)
		if (!go_up(path, top))
			break;
	free(path);
	return r;
}

static void
learn_v2(struct cgroup *cg)
{
	char s[256];

	if (cgroup_text(cg->dir[CG_V2], "cgroup.controllers", s, sizeof(s)) < 0)
		return;
	cg->v2_memory = cgpath_has(s, "memory", ' ');
	cg->v2_pids = cgpath_has(s, "pids", ' ');
	cg->v2_io = cgpath_has(s, "io", ' ');
}

static void
make_v1(struct cgroup *cg, int which)
{
	size_t top;
	char *path = cgpath_own(v1_ctl[which], &top);

	if (path)
		make_in(cg, which, path, 0);
	free(path);
}

int
cgroup_make(struct cgroup *cg, enum source want)
{
	int i, v1 = 0;

	*cg = (struct cgroup){ .source = SRC_PROC };
	for (i = 0; i < CG_N; i++)
		keep(cg, i, -1, -1);
	if (cgdir_name(cg->name, sizeof(cg->name)) < 0)
		return -1;
	if (want == SRC_PROC)
		return 0;
	if (make_v2(cg, 1) == 0 || make_v2(cg, 0) == 0)
		learn_v2(cg);
	if (want != SRC_CGROUP2 && !(want == SRC_AUTO && cg->v2_memory))
		for (i = CG_CPU; i <= CG_PIDS; i++) {
			make_v1(cg, i);
			v1 |= cg->dir[i] >= 0;
		}
	if (cg->dir[CG_V2] >= 0)
		make_v1(cg, CG_NAMED);
	if (cg->v2_memory || (cg->dir[CG_V2] >= 0 && want == SRC_CGROUP2))
		cg->source = SRC_CGROUP2;
	else if (v1)
		cg->source = SRC_CGROUP1;
	else if (cg->dir[CG_V2] >= 0)
		cg->source = SRC_CGROUP2;
	if (want == SRC_AUTO || want == cg->source)
		return 0;
	if (want == SRC_CGROUP1 && v1) {
		cg->source = want;
		return 0;
	}
	cgroup_remove(cg);
	errno = ENOTSUP;
	return -1;
}

void
cgroup_remove(struct cgroup *cg)
{
	int i;

	for (i = 0; i < CG_N; i++) {
		if (cg->dir[i] < 0)
			continue;
		cgdir_remove(cg->parent[i], cg->name);
		close(cg->dir[i]);
		close(cg->parent[i]);
		keep(cg, i, -1, -1);
	}
	cg->v2_memory = cg->v2_pids = cg->v2_io = 0;
}

/* The folder that has a controller: the one whose figures come first. */
static int
pick(const struct cgroup *cg, int in_v2, int v1)
{
	if (in_v2 && (cg->source == SRC_CGROUP2 || cg->dir[v1] < 0))
		return cg->dir[CG_V2];
	return cg->dir[v1];
}

int
cgroup_has_cpu(const struct cgroup *cg)
{
	return pick(cg, cg->dir[CG_V2] >= 0, CG_CPU);
}

int
cgroup_has_memory(const struct cgroup *cg)
{
	return pick(cg, cg->v2_memory, CG_MEMORY);
}

int
cgroup_has_tasks(const struct cgroup *cg)
{
	return pick(cg, cg->v2_pids, CG_PIDS);
}

/* No blkio of version 1: it does not know who dirtied the pages that are
 * written later, and tells 0 for a build.  /proc/PID/io is nearer. */
int
cgroup_has_io(const struct cgroup *cg)
{
	return cg->v2_io ? cg->dir[CG_V2] : -1;
}

static int
put(int dir, const char *file, const char *s)
{
	int fd = openat(dir, file, O_WRONLY | O_CLOEXEC);
	ssize_t n;

	if (fd < 0)
		return -1;
	n = write(fd, s, strlen(s));
	close_keep(fd);
	return n < 0 ? -1 : 0;
}

static int
put_number(int dir, const char *file, uint64_t n)
{
	char s[32];

	snprintf(s, sizeof(s), "%" PRIu64, n);
	return put(dir, file, s);
}

int
cgroup_limit_memory(struct cgroup *cg, uint64_t bytes)
{
	int dir = cgroup_has_memory(cg);

	if (dir < 0) {
		errno = ENOTSUP;
		return -1;
	}
	if (dir != cg->dir[CG_V2]) {
		if (put_number(dir, "memory.limit_in_bytes", bytes) < 0)
			return -1;
		/* Missing when swap is not accounted. */
		return put_number(dir, "memory.memsw.limit_in_bytes", bytes) < 0 &&
		    errno != ENOENT ? -1 : 0;
	}
	if (put_number(dir, "memory.max", bytes) < 0)
		return -1;
	return put(dir, "memory.swap.max", "0") < 0 && errno != ENOENT ? -1 : 0;
}

int
cgroup_limit_tasks(struct cgroup *cg, uint64_t n)
{
	int dir = cgroup_has_tasks(cg);

	if (dir < 0) {
		errno = ENOTSUP;
		return -1;
	}
	return put_number(dir, "pids.max", n);
}

int
cgroup_oom_event(struct cgroup *cg)
{
	int dir = cgroup_has_memory(cg), ev, fd, r;
	char s[64];

	if (dir < 0)
		return -1;
	if (dir == cg->dir[CG_V2]) {
		/* The whole tree, not its fattest process (4.19). */
		put(dir, "memory.oom.group", "1");
		return -1;
	}
	ev = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	fd = openat(dir, "memory.oom_control", O_RDONLY | O_CLOEXEC);
	snprintf(s, sizeof(s), "%d %d", ev, fd);
	r = ev < 0 || fd < 0 ? -1 : put(dir, "cgroup.event_control", s);
	if (fd >= 0)
		close(fd);
	if (r < 0 && ev >= 0) {
		close(ev);
		ev = -1;
	}
	return ev;
}

void
cgroup_kill(struct cgroup *cg)
{
	int dir = cgroup_has_tasks(cg);

	if (cg->dir[CG_V2] >= 0 && put(cg->dir[CG_V2], "cgroup.kill", "1") == 0)
		return;
	if (dir >= 0)
		put(dir, "pids.max", "0");
}

int
cgroup_text(int dir, const char *file, char *s, size_t room)
{
	int fd = openat(dir, file, O_RDONLY | O_CLOEXEC);
	ssize_t n;

	if (fd < 0)
		return -1;
	n = read(fd, s, room - 1);
	close_keep(fd);
	s[n < 0 ? 0 : n] = '\0';
	return n < 0 ? -1 : 0;
}

uint64_t
cgroup_number(int dir, const char *file)
{
	char s[64], *end;
	unsigned long long n;

	if (dir < 0 || cgroup_text(dir, file, s, sizeof(s)) < 0)
		return UNKNOWN;
	n = strtoull(s, &end, 10);
	return end == s ? UNKNOWN : n;
}

uint64_t
cgroup_field(int dir, const char *file, const char *key)
{
	char s[2048], *p;
	size_t len = strlen(key);

	if (dir < 0 || cgroup_text(dir, file, s, sizeof(s)) < 0)
		return UNKNOWN;
	for (p = s; p; p = (p = strchr(p, '\n')) ? p + 1 : NULL)
		if (!strncmp(p, key, len) && p[len] == ' ')
			return strtoull(p + len, NULL, 10);
	return UNKNOWN;
}

void
cgroup_sweep(void (*said)(const char *path), int dry)
{
	size_t top;
	char *path;
	int i, fd;

	for (i = 0; i < CG_N; i++) {
		path = cgpath_own(v1_ctl[i], &top);
		if (!path)
			continue;
		do {
			fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
			if (fd < 0)
				continue;
			cgdir_sweep(fd, path, said, dry);
			close(fd);
		} while (go_up(path, top));
		free(path);
	}
}
