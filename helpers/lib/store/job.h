/* Jobs and groups: folders jobs/ID and groups/ID, each with a lock outside of it
 * that is the only sign of life.  What lies in them is told in aoinb-store(7). */
#ifndef AOINB_STORE_JOB_H
#define AOINB_STORE_JOB_H

#include "store/store.h"

enum {
	JOB_PATH = STORE_NAME + 8,	/* "groups/ID" */
	JOB_TEXT = 1 << 24,		/* bytes of a record of a job */
};

/* Which of the two a path or a name is of. */
enum job_kind { JOB = 1, GROUP = 2 };

/* "jobs" or "groups"; and the class of their locks. */
const char *job_folder(enum job_kind kind);
const char *job_class(enum job_kind kind);

/* --- making and removing */

/* Makes the folder of a job or a group for name, with its files kind and began, and
 * branch unless that is NULL.  It is locked before it is there: by descriptor fd,
 * which the caller opened on a file lock/new.*, or, when fd is -1, by one of ours.
 * Returns that descriptor; or -1 with errno set, having made nothing.  path gets
 * "jobs/ID" or "groups/ID". */
int job_new(const struct store *s, const char *kind, const char *name,
    const char *branch, int fd, char path[JOB_PATH]);

/* Removes the folder path, as job_new has it, and its lock, which the caller holds.
 * Returns 0, or -1 with errno set. */
int job_remove(const struct store *s, const char *path);

/* Removes the workspace of the job path.  Returns 0, or -1 with errno set. */
int job_drop(const struct store *s, const char *path);

/* Keeps the workspace of the job path, so that it can be entered again: it is on the
 * disk, and without the mark by which the kernel refuses a volatile overlay twice.
 * Returns 0, or -1 with errno set. */
int job_keep(const struct store *s, const char *path);

/* --- what a job says; id is a name of jobs/, path below work_dir one of its files */

/* Whether somebody holds the lock of the job or group id: 1, 0, or -1 with errno
 * set. */
int job_running(const struct store *s, enum job_kind kind, const char *id);

/* Whether the job has a workspace, in use or kept: 1, 0, or -1 with errno set. */
int job_kept(const struct store *s, const char *id);

/* Adds to b the file name of the job path, whole, or its first line.  Each returns 0,
 * or -1 with errno set: ENOENT when there is none, EFBIG past JOB_TEXT. */
int job_text(const struct store *s, const char *path, const char *name, struct buf *b);
int job_line(const struct store *s, const char *path, const char *name, struct buf *b);

/* Adds to b the ids of the layers that the job id stands on, or stood on before
 * its present try of the step deps: those of its files stack and stack.deps, blanks
 * between, some of them twice.  Returns 0, also when it stands on none yet; or -1
 * with errno set: EBADMSG when one of the files holds anything else. */
int job_layers(const struct store *s, const char *id, struct buf *b);

/* Adds to b the stack of the job id, base first, with its dependencies' layer where
 * it has one.  Returns 0; or -1 with errno set: ENOENT when it has none yet. */
int job_stack(const struct store *s, const char *id, struct buf *b);

/* A row of a job's packages: "ALGO::HEX BYTES FILE", with tabs. */
struct job_package {
	const char *digest, *bytes, *file;
};

/* The next row of *at, which is changed: 1; 0 at the end; or -1 with errno EBADMSG
 * when a row is none of ours. */
int job_package_next(char **at, struct job_package *p);

/* --- find.c */

/* Finds a job or a group, as kinds has it (JOB, GROUP or both): by its id, "last",
 * the name of a package (the newest job of it), or a part of an id that fits no
 * other.  When part is NULL: the newest group that was planned and did not come to a
 * good end.  Returns 0 and its path; or -1 with errno set: EINVAL when part cannot be
 * in an id, ENOENT, or ENOTUNIQ, and what it fits is in like, a blank between. */
int job_find(const struct store *s, int kinds, const char *part, char path[JOB_PATH],
    struct buf *like);

/* The path of what arg names: an id of a job, else of a group, or the path of its
 * folder.  Returns 0; or -1 with errno ENOENT. */
int job_named(const struct store *s, const char *arg, char path[JOB_PATH]);

/* Whether a group was built whole: 1, 0, or -1 with errno set. */
int group_ended_well(const struct store *s, const char *id);

/* --- state.c */

struct job_state {
	char verdict[32];	/* running, killed, damaged, or as result.json says */
	char branch[STORE_NAME];	/* "" when it is not known */
	int kept;		/* it has a workspace, and does not run */
	int64_t began, ended;	/* seconds since 1970; -1 when not known */
	int64_t size_kib;	/* when it ended; -1 when not known */
};

/* What state the job id is in.  Returns 0, or -1 with errno set when its folder is
 * not there.  A result that cannot be read makes it "damaged".  Whether it runs is
 * asked only where it may: before there is a result, or with a workspace; who goes on
 * with a job removes its result first. */
int job_state(const struct store *s, const char *id, struct job_state *state);

struct group_state {
	char verdict[32];
	char branch[STORE_NAME];
	int64_t began, ended;
	unsigned built, total;	/* packages */
};

/* The same of a group; -1 with errno ENOENT also when it was not planned yet. */
int group_state(const struct store *s, const char *id, struct group_state *state);

/* What the folder path, below work_dir, takes on the disk, in KiB, mounts left out.
 * Returns 0, or -1 with errno set. */
int job_size(const struct store *s, const char *path, int64_t *kib);

#endif
