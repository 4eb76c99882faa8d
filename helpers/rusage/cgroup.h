/* Cgroups of our own: made, limited, read, killed, removed.  Nothing is ever
 * written in one that we did not make.  cgroups(7); kernel: cgroup-v2.rst,
 * cgroup-v1/memory.rst. */
#ifndef RUSAGE_CGROUP_H
#define RUSAGE_CGROUP_H

#include <stdint.h>
#include <sys/types.h>

#define UNKNOWN UINT64_MAX	/* a figure that nobody tells */

enum source { SRC_AUTO, SRC_CGROUP2, SRC_CGROUP1, SRC_PROC };

/* A cgroup here is one folder in each hierarchy that has a use for us.  The one
 * in systemd's own, which has no controllers, is only reserved: programs of
 * systemd, such as nspawn, make the path there that they find in version 2, and
 * leave it.  Nothing of ours enters it. */
enum { CG_V2, CG_CPU, CG_MEMORY, CG_PIDS, CG_NAMED, CG_N };

struct cgroup {
	enum source source;	/* whose figures come first */
	char name[64];		/* aoinb-PID-STARTTICKS */
	int parent[CG_N];	/* folders; -1 where we have none */
	int dir[CG_N];		/* ours, locked (flock) while we live */
	int v2_memory, v2_pids, v2_io;	/* controllers the v2 one has */
};

/* Makes what want asks for and this machine gives: with SRC_AUTO version 2
 * when it has the memory controller, else the hierarchies of version 1 and a
 * bare version 2 one beside them, else nothing (source SRC_PROC).  Stale ones
 * beside it are removed first.  Returns 0; or -1 with errno set, ENOTSUP when
 * the source wanted is not to be had. */
int cgroup_make(struct cgroup *cg, enum source want);

/* Kills what is left in them and removes them, waiting a second or so for the
 * kernel to let go.  What cannot be removed stays, for a sweep to find. */
void cgroup_remove(struct cgroup *cg);

/* Each returns 0, or -1 with errno set: ENOTSUP when no controller here does
 * that. */
int cgroup_limit_memory(struct cgroup *cg, uint64_t bytes);
int cgroup_limit_tasks(struct cgroup *cg, uint64_t n);

/* Where there is cgroup.kill (5.14) nobody inside lives any more; else nobody
 * inside can fork any more, if there is a pids controller. */
void cgroup_kill(struct cgroup *cg);

/* A descriptor that can be read once the version 1 cgroup ran out of memory,
 * or -1: version 2 needs none, memory.oom.group kills all at once. */
int cgroup_oom_event(struct cgroup *cg);

/* Which folder tells a figure, or -1 for none. */
int cgroup_has_cpu(const struct cgroup *cg);
int cgroup_has_memory(const struct cgroup *cg);
int cgroup_has_tasks(const struct cgroup *cg);
int cgroup_has_io(const struct cgroup *cg);

/* A file of one number ("max" and missing: UNKNOWN), and the number behind a
 * key in a file of "KEY VALUE" lines. */
uint64_t cgroup_number(int dir, const char *file);
uint64_t cgroup_field(int dir, const char *file, const char *key);

/* Up to room - 1 bytes of a file and a NUL.  Returns 0 or -1 with errno set. */
int cgroup_text(int dir, const char *file, char *s, size_t room);

/* Removes every stale cgroup where cgroup_make would make one, and hands each
 * name to said (may be NULL).  With dry, only names them. */
void cgroup_sweep(void (*said)(const char *path), int dry);

#endif
