/* What a lease says: the task, as the server gave it. */
#ifndef SHIP_TASK_H
#define SHIP_TASK_H

#include "ship/worker.h"

struct task {
	int64_t id, attempt;
	int64_t size;		/* of the bundle, in bytes */
	int64_t lease_s;	/* how long the lease lasts without a word */
	int64_t log_most;	/* bytes of log that the server takes */
	struct buf text;	/* the lease, JSON */
	struct buf lease, name, branch, arch, layout, sha256, modifiers, targets, settings,
	    packages, source_list, repo;
};

/* "ID.N" of a lease that came; -1 with errno EBADMSG when text is none. */
int task_name(const struct buf *text, char name[48]);

/* Reads t->text.  Returns NULL, or what is wrong with it, for people. */
const char *task_read(struct task *t);
void task_free(struct task *t);

/* What it is built for here: noarch is for what the machine is. */
const char *task_arch(const struct task *t, const struct worker *w);

/* Why the owner of the worker does not want it; NULL when he does. */
const char *task_unwanted(const struct task *t, const struct worker *w);

/* Writes what exec needs to know of it into the folder: files branch, modifiers, settings,
 * from, unit, arch, and list where the server's source list is used.  Settings that the
 * owner does not allow are left out.  Returns 0, or -1 with errno set. */
int task_write(const struct task *t, const struct worker *w, int folder);

/* Writes the file targets: what is to be built of tree/, and what kind of thing that is.
 * Returns NULL, or what is wrong with the bundle. */
const char *task_targets(const struct task *t, int folder);

#endif
