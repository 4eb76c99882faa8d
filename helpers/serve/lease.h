/* Leases: what workers have, for as long as they say a word now and then. */
#ifndef SERVE_LEASE_H
#define SERVE_LEASE_H

#include "serve/req.h"

/* Whether the request carries the lease of the attempt in its path, which is good for
 * another while then.  Returns 0, or -1 having answered.  Of a result the attempt may be
 * over: r->over. */
int lease_auth(struct req *r);

/* What the worker is to do, and when to say the next word. */
void lease_heads(struct req *r);

void lease_new(struct req *r);
void lease_beat(struct req *r);
void lease_log_begin(struct req *r);
void lease_log_end(struct req *r);
void lease_log_tell(struct req *r);
void lease_samples_begin(struct req *r);
void lease_samples_tell(struct req *r);
void lease_result(struct req *r);
void lease_refuse(struct req *r);

/* --- claim.c */

/* What a worker can take. */
struct can {
	int64_t worker, cpus, memory, disk, task, n;	/* task: that one alone, attempt n */
	struct buf archs, branches;		/* JSON lists; branches "" for all */
	char secret[65];			/* of the lease */
};

/* Gives it the first task that fits: can.task and can.n say which.  Returns 1; 0 when
 * there is none; -1 with errno set. */
int claim(struct can *c);

/* --- verdict.c */

/* What a worker said of an attempt. */
struct said {
	int64_t task, n, worker, exit, log_size, cpu_us, peak_kib;
	const char *verdict, *why, *sha;	/* sha: of its words */
	const char *outputs;		/* a JSON list */
};

/* Within a transaction: the attempt is over, and the task goes on, or has ended.  Returns
 * 1, 0 when the attempt was over already, -1. */
int verdict_take(const struct said *s);

/* Within a transaction: the machine was at fault; another attempt later, or the end. */
int verdict_again(const struct said *s, const char *how);

/* Within a transaction: nothing was heard of the attempt for too long.  Returns what
 * verdict_take does. */
int verdict_lost(int64_t task, int64_t n, int64_t worker, const char *step);

/* The same when who placed the attempt knows that it is gone, as how says; that is no
 * fault of the worker. */
int verdict_gone(int64_t task, int64_t n, int64_t worker, const char *how);

#endif
