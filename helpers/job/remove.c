#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "err.h"
#include "job/args.h"
#include "opt.h"

/* Shown in place of being done. */
static int
shown(struct args *a, const char *path)
{
	struct buf line = { 0 };

	if (!opt_dry)
		return 0;
	sure(buf_puts(&line, "remove "));
	sure(buf_printf(&line, "%s/%s\n", a->work_dir, path));
	print_last(&line);
	return 1;
}

static void
empty_trash(struct args *a)
{
	if (store_trash_empty(&a->store) < 0)
		die_sys(err_code(errno), "%s/trash", a->work_dir);
}

int
verb_drop(struct args *a)
{
	char path[JOB_PATH];
	int lock;

	named(a, a->operand[0], path);
	if (strcmp(kind_word(path), "job"))
		die(EX_USAGE, "%s: not a job", a->operand[0]);
	if (shown(a, path))
		return 0;
	lock = adopt(a, path);
	if (job_drop(&a->store, path) < 0)
		die_sys(err_code(errno), "job %s: its workspace cannot be removed", id_of(path));
	lock_drop(lock);
	empty_trash(a);
	return 0;
}

static void
remove_one(struct args *a, const char *path)
{
	int lock;

	if (shown(a, path))
		return;
	lock = lock_adopt(&a->store, kind_word(path), id_of(path), a->lock);
	/* On a full disk there may be no room for a lock that nobody has made. */
	if (lock < 0 && ((errno != ENOSPC && errno != EDQUOT) ||
	    lock_held(&a->store, kind_word(path), id_of(path)) != 0))
		lock = adopt(a, path);
	if (job_remove(&a->store, path) < 0)
		die_sys(err_code(errno), "%s %s cannot be removed", kind_word(path), id_of(path));
	if (lock >= 0)
		lock_drop(lock);
}

int
verb_remove(struct args *a)
{
	char path[JOB_PATH];
	int i;

	if (a->lock >= 0 && a->operands > 1)
		die(EX_USAGE, "remove --lock takes one JOB");
	for (i = 0; i < a->operands; i++) {
		named(a, a->operand[i], path);
		remove_one(a, path);
	}
	if (!opt_dry)
		empty_trash(a);
	return 0;
}

/* Whether path is of the branch that was asked for. */
static int
is_of_branch(struct args *a, enum job_kind kind, const char *path)
{
	struct buf line = { 0 };
	struct job_state state;
	int r;

	if (!a->branch)
		return 1;
	if (kind == JOB)
		return job_state(&a->store, id_of(path), &state) == 0 &&
		    !strcmp(state.branch, a->branch);
	r = job_line(&a->store, path, "branch", &line) == 0 && !strcmp(line.s, a->branch);
	buf_free(&line);
	return r;
}

/* Those of one kind: none of them may run. */
static void
refuse_running(struct args *a, enum job_kind kind, char **ids, long n)
{
	char path[JOB_PATH];
	long i;

	if (n < 0)
		die_sys(err_code(errno), "%s/%s", a->work_dir, job_folder(kind));
	for (i = 0; i < n; i++) {
		snprintf(path, sizeof(path), "%s/%s", job_folder(kind), ids[i]);
		if (is_of_branch(a, kind, path) && job_running(&a->store, kind, ids[i]) != 0)
			die(EX_TEMPFAIL, "%s %s is running; wait for it, or stop it",
			    job_class(kind), ids[i]);
	}
}

static void
remove_all(struct args *a, enum job_kind kind, char **ids, long n)
{
	char path[JOB_PATH];
	long i;

	for (i = 0; i < n; i++) {
		snprintf(path, sizeof(path), "%s/%s", job_folder(kind), ids[i]);
		if (is_of_branch(a, kind, path))
			remove_one(a, path);
	}
	store_names_free(ids, n);
}

int
verb_clean(struct args *a)
{
	char **jobs, **groups;
	long n, m;

	if (a->store.dir < 0)
		return 0;
	n = store_names(&a->store, "jobs", &jobs);
	refuse_running(a, JOB, jobs, n);
	m = store_names(&a->store, "groups", &groups);
	refuse_running(a, GROUP, groups, m);
	remove_all(a, JOB, jobs, n);
	remove_all(a, GROUP, groups, m);
	if (!opt_dry)
		empty_trash(a);
	return 0;
}
