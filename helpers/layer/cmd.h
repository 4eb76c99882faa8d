/* The verbs of aoinb-layer. */
#ifndef AOINB_LAYER_CMD_H
#define AOINB_LAYER_CMD_H

#include "store/layer.h"

struct cmd {
	struct store store;
	char **arg;		/* what follows the verb, NULL behind the last */
	int json, all;
	const char *list;	/* a source list */
	const char *index;	/* of packages, or NULL */
	uint64_t max_layers;	/* above the base; 0 is no limit */
	int64_t update;		/* seconds; 0 is always, -1 never */
	const char *stand;	/* a job, or NULL */
	int64_t since;		/* seconds since 1970; INT64_MAX: not given */
	uint64_t deps_kib;	/* of all dependencies; 0 is no limit */
	uint64_t debs_kib;	/* of apt's downloads; 0 is no limit */
	uint64_t max_age;	/* seconds; 0 is no limit */
	const char *sha256;	/* in hex, or NULL */
	int one, mount;
	int lock;		/* a descriptor, or -1 */
	struct buf out;		/* what would be removed, a line each */
};

/* Each returns an exit code, and has said what is wrong. */
int verb_list(struct cmd *c);
int verb_stack(struct cmd *c);
int verb_info(struct cmd *c);
int verb_ref(struct cmd *c);
int verb_unref(struct cmd *c);
int verb_locks(struct cmd *c);
int verb_begin(struct cmd *c);
int verb_commit(struct cmd *c);
int verb_drop(struct cmd *c);
int verb_instance(struct cmd *c);
int verb_checked(struct cmd *c);
int verb_stand(struct cmd *c);
int verb_stack_in(struct cmd *c);
int verb_key(struct cmd *c);
int verb_recall(struct cmd *c);
int verb_find(struct cmd *c);
int verb_put(struct cmd *c);
int verb_remember(struct cmd *c);
int verb_names(struct cmd *c);
int verb_why(struct cmd *c);
int verb_take(struct cmd *c);
int verb_folder(struct cmd *c);
int verb_modes(struct cmd *c);
int verb_debs_lend(struct cmd *c);
int verb_debs_keep(struct cmd *c);
int verb_used(struct cmd *c);
int verb_gc(struct cmd *c);
int verb_trim(struct cmd *c);
int verb_vcs_gc(struct cmd *c);
int verb_export(struct cmd *c);
int verb_import(struct cmd *c);
int verb_mountable(struct cmd *c);

/* --- say.c: what they have in common */

/* Says what b is about, with errno where b does not tell why.  Returns the exit
 * code that goes with errno; a damaged store is 70. */
int fail(const struct cmd *c, const struct blame *b);

/* Says the same about a thing that is passed over. */
void fail_name(const struct cmd *c, const struct blame *b);

/* What is in use could not be told: says why nothing is removed.  Returns 70. */
int refuse(const struct cmd *c, const struct blame *b);

/* fail() for errno about path, below work_dir. */
int fail_sys(const struct cmd *c, const char *path);

/* Writes b to the standard output, and frees it.  Returns 0, or 74 having said
 * why. */
int print(struct buf *b);

/* The lock "layers", shared or not.  Returns its descriptor, or -1 having said why. */
int lock_layers(const struct cmd *c, int how);

/* The stack of NAME, a ref or a layer, the base first.  Returns 0, or -1 with errno
 * and b set: ENOENT when there is no such ref or layer, EBADMSG when something is
 * damaged or missing below it. */
int stack_named(const struct cmd *c, const char *name, struct ids *stack,
    struct blame *b);

/* fail(), in the words of people for a ref that is not there. */
int fail_ref(const struct cmd *c, const char *ref, const struct blame *b);

/* Whether text can be the name of a branch; says so when it cannot. */
int branch_ok(const char *text);

/* --- tidy.c: what killed programs left */

/* Moves path, below work_dir, out of the way; where there is no room for that, it
 * is removed at once.  With -n, it is added to c->out.  Returns 0, or -1 having said
 * why. */
int away(struct cmd *c, const char *path);

/* Each returns 0, or -1 having said why, when something stays that should go. */

/* Lists of what apt can install, of layers that are not among tops. */
int tidy_names(struct cmd *c, const struct ids *tops);

/* Memos of such layers, when layers were used that are no more, and locks that nobody
 * holds.  The caller holds the lock "layers". */
int tidy_deps(struct cmd *c, const struct used *u);

/* Of apt's downloads, what nobody can ask for, and what is past the limit. */
int tidy_debs(struct cmd *c);

/* Files that were to become refs. */
int tidy_refs(struct cmd *c);

#endif
