/* What the verbs of aoinb-job are given, and what they share. */
#ifndef JOB_ARGS_H
#define JOB_ARGS_H

#include "buf.h"
#include "store/job.h"

struct args {
	struct store store;
	const char *work_dir;
	char **operand;		/* those behind the verb; ends with NULL */
	int operands;

	const char *arch, *branch, *copy, *keep, *member, *name, *steps, *tree;	/* or NULL */
	const char *verstamp, *acbs_version;	/* likewise: see job/stamp.h */
	int any, by_hand, follow, group, json, raw, running, say, unfinished;
	int64_t max_age, max_kib;	/* seconds; 0: no limit */
	int lock;		/* a descriptor, or -1 */
};

/* Each is a verb.  It returns an exit code, or ends the program, having said why. */
int verb_chain(struct args *a);
int verb_clean(struct args *a);
int verb_drop(struct args *a);
int verb_find(struct args *a);
int verb_follow(struct args *a);
int verb_log(struct args *a);
int verb_tail(struct args *a);
int verb_history(struct args *a);
int verb_list(struct args *a);
int verb_new(struct args *a);
int verb_remove(struct args *a);
int verb_result(struct args *a);
int verb_show(struct args *a);
int verb_status(struct args *a);
int verb_steps(struct args *a);
int verb_stop(struct args *a);
int verb_sweep(struct args *a);
int verb_trim(struct args *a);
int verb_why(struct args *a);

/* Prints out and frees it; ends the program when it cannot. */
void print(struct buf *out);

/* Prints what a verb has come to that has changed something already: a reader who has
 * gone is no failure of it. */
void print_last(struct buf *out);

/* Ends the program for want of memory when r is negative. */
void sure(int r);

/* The kind of path, as job_find has it, in a word. */
const char *kind_word(const char *path);

/* The id in path. */
const char *id_of(const char *path);

/* The path of the job or group that arg names, as job_named does; ends the program
 * when there is none. */
void named(struct args *a, const char *arg, char path[JOB_PATH]);

/* Takes the lock of path, as lock_adopt does; ends the program when it is held. */
int adopt(struct args *a, const char *path);

#endif
