#include <errno.h>
#include <stdio.h>
#include <sys/stat.h>
#include <fcntl.h>
#include <time.h>
#include <unistd.h>

#include "err.h"
#include "job/record.h"
#include "job/sweep.h"
#include "opt.h"

static int
has_result(struct args *a, const char *path)
{
	char at[JOB_PATH + 16];

	snprintf(at, sizeof(at), "%s/result.json", path);
	return faccessat(a->store.dir, at, F_OK, AT_SYMLINK_NOFOLLOW) == 0;
}

static int
is_folder(struct args *a, const char *path)
{
	struct stat st;

	return fstatat(a->store.dir, path, &st, AT_SYMLINK_NOFOLLOW) == 0 &&
	    S_ISDIR(st.st_mode);
}

/* Under its lock.  Returns 0, or an exit code, having said why with SWEEP_TELL. */
static int
end(struct args *a, const char *path, enum sweep_how how)
{
	struct outcome o = { .verdict = "killed", .code = -1, .ended = time(NULL) };
	int r;

	note("job %s: was killed", id_of(path));
	r = job_drop(&a->store, path);
	if (r == 0)
		r = record_write(a, path, &o);
	if (r < 0 && (errno == ENOSPC || errno == EDQUOT)) {
		store_trash_empty(&a->store);
		r = record_write(a, path, &o);
	}
	if (r == 0)
		return 0;
	if (how == SWEEP_TELL)
		warn_sys("job %s: was killed, and cannot be ended", id_of(path));
	return err_code(errno);
}

int
sweep(struct args *a, enum sweep_how how)
{
	char **ids, path[JOB_PATH];
	long n = store_names(&a->store, "jobs", &ids), i;
	int lock, swept = 0, code = 0;

	for (i = 0; i < n && code == 0; i++) {
		snprintf(path, sizeof(path), "jobs/%s", ids[i]);
		if (has_result(a, path) || !is_folder(a, path) ||
		    job_running(&a->store, JOB, ids[i]) != 0)
			continue;
		if (opt_dry) {
			warn_msg("job %s: was killed", ids[i]);
			continue;
		}
		lock = lock_take(&a->store, "job", ids[i], LOCK_NOW, NULL);
		if (lock < 0)
			continue;
		if (!is_folder(a, path)) {
			lock_forget(&a->store, "job", ids[i]);
		} else if (!has_result(a, path)) {
			code = end(a, path, how);
			swept = 1;
		}
		lock_drop(lock);
	}
	store_names_free(ids, n);
	if (swept && store_trash_empty(&a->store) < 0 && how == SWEEP_TELL && !code) {
		warn_sys("%s/trash", a->work_dir);
		code = err_code(errno);
	}
	return code;
}

/* Locks that were to be of jobs that never came to be: lock/new.PID. */
static void
sweep_blanks(struct args *a)
{
	char **names, path[STORE_NAME + 8], proc[32];
	long n = store_names(&a->store, "lock", &names), i, pid;

	for (i = 0; i < n; i++) {
		if (sscanf(names[i], "new.%ld", &pid) != 1)
			continue;
		snprintf(proc, sizeof(proc), "/proc/%ld", pid);
		snprintf(path, sizeof(path), "lock/%s", names[i]);
		if (access(proc, F_OK) < 0)
			unlinkat(a->store.dir, path, 0);
	}
	store_names_free(names, n);
}

int
verb_sweep(struct args *a)
{
	if (a->store.dir < 0)
		return 0;
	if (!opt_dry)
		sweep_blanks(a);
	return sweep(a, SWEEP_TELL);
}
