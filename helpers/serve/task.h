/* Tasks: what the server was asked for. */
#ifndef SERVE_TASK_H
#define SERVE_TASK_H

#include "serve/req.h"

struct task {
	int64_t id, owner, bundle_size, attempts, cancel, retry_of;
	struct buf state, branch, arch, sha256, layout, repo, verdict;
};

/* The task of the path.  Returns 1 with t filled in, to be freed; or 0 having answered
 * 404. */
int task_get(struct req *r, struct task *t);
void task_free(struct task *t);

/* Whether who asks owns the task, or has the scope; else answers. */
int task_may(struct req *r, const struct task *t, enum scope scope);

/* Within a transaction: something happened to the task.  Returns 0, or -1. */
int task_event(int64_t id, const char *what, const char *detail);

/* After it: wakes whoever waits for that. */
void task_ring(int64_t id);

/* Whether the task has ended. */
int task_is_over(const struct task *t);

/* Within a transaction: the state that follows from what is there. */
int task_ready(int64_t id);

/* The folder of a task's or an attempt's files, made where it is missing.  Returns 0, or
 * -1 with errno set. */
int task_folder(int64_t id, int64_t n);

/* Within a transaction: the task ends in state, with a verdict.  Notices are written. */
int task_end(int64_t id, const char *state, const char *verdict, int64_t exit,
    const char *why);

void task_list(struct req *r);
void task_new(struct req *r);
void task_branch(struct req *r);
void task_build(struct req *r);
void task_status(struct req *r);
void task_show(struct req *r);
void task_delete(struct req *r);
void task_cancel(struct req *r);
void task_retry(struct req *r);
void task_priority(struct req *r);

/* Removes what is left of a task that is in no table. */
void task_remove_files(int64_t id);

/* Whether text may name a target: names with slashes between. */
int target_ok(const char *text);

#endif
