/* The builds of a group while it runs: how they begin, and what their ends mean. */
#ifndef AOINB_GROUP_RUN_H
#define AOINB_GROUP_RUN_H

#include <poll.h>

#include "group/jobserver.h"
#include "group/member.h"
#include "group/supervise.h"

#define SECOND 1000000ULL	/* microseconds */
#define NEVER UINT64_MAX

enum { KILLS_MOST = 3 };

struct run {
	struct journal *j;
	struct group *g;
	struct console *c;
	const struct supervise_args *a;
	struct jobserver tokens;
	struct member **member;	/* those that run, as they began */
	uint32_t members;
	struct pollfd *fd;	/* FD_MEMBERS fixed ones, then one of each member */
	rlim_t nofile;		/* limit of descriptors that members get */

	int code;		/* what we end with */
	int stopping;		/* nothing new begins */
	int full;		/* something could not be written */
	int interrupted;	/* how often */
	int kills;		/* how often what was to end was killed */
	uint64_t now;		/* microseconds, of the monotonic clock */
	uint64_t draw_at, kill_at;	/* NEVER: not at all */
};

/* Sets r->now. */
void run_clock(struct run *r);

/* "[ENDED/TOTAL] UNIT: TEXT", a line for people; unit may be NULL. */
void run_say(struct run *r, const char *unit, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

/* Something was not built; that we were interrupted says more. */
void run_missed(struct run *r);

/* Starts what may start, and skips what never can. */
void run_start(struct run *r);

/* Member i has ended. */
void run_end(struct run *r, uint32_t i);

/* Ctrl-C: what runs is finished; once more, and it is ended. */
void run_interrupt(struct run *r);

/* Ends what runs, and has it killed when it has not ended after a while. */
void run_cancel(struct run *r);

/* Kills what was to end.  What cannot be killed is left behind after a few times. */
void run_kill(struct run *r);

#endif
