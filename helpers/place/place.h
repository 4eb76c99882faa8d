/* What the server wants Slurm to build, and what Slurm has of it. */
#ifndef PLACE_PLACE_H
#define PLACE_PLACE_H

#include <stdint.h>

#include "buf.h"
#include "ship/worker.h"
#include "vec.h"

enum { PLACE_LINE = 500 };

struct place {
	char *url;		/* of the server, without a slash at its end */
	char *token_file;
	const char *token;
	struct words command;	/* what starts aoinb on a node */
	struct words options;	/* more of sbatch */
	int64_t jobs;		/* of ours in Slurm's queue at most */
	int64_t poll, grace;	/* seconds between two looks; until a job is ended */
	int64_t patience;	/* seconds for a program of Slurm's to answer */
};

/* Takes what the configuration in dir, or the usual one, says, with settings KEY=VALUE over
 * it, by running aoinb-conf.  Ends the program when that cannot be. */
void place_conf(struct place *p, const char *dir, const struct words *set);
void place_free(struct place *p);

/* An attempt that is wanted. */
struct want {
	int64_t task, n, cpus, memory, disk, time;	/* MiB and seconds; 0: not said */
	int64_t wait_s;		/* not before so many seconds */
	int64_t cancel_s;	/* for so long it is to end; -1: it is not */
	int running;		/* a worker has it */
	char arch[64], job[64];	/* "" where there is none */
	struct buf avoid;	/* JSON list of workers */
};

struct wants {
	VEC(struct want);
};

/* Reads the server's answer.  Returns 0; or -1 with errno EBADMSG, ENOMEM. */
int want_read(const struct buf *text, struct wants *w, int64_t *version, int *complete);
void want_free(struct wants *w);

/* A job of Slurm's that is an attempt. */
struct job {
	int64_t task, n;
	char id[64], state[32], reason[128], nodes[128];
};

struct jobs {
	VEC(struct job);
};

/* Each returns 0; or -1, with what a person is told in why, one line. */

/* Those of this server and this user that wait or run. */
int slurm_jobs(const struct place *p, struct jobs *jobs, char why[PLACE_LINE]);

/* Gives Slurm the attempt; id is that of the job. */
int slurm_submit(const struct place *p, const struct want *w, char id[64], char why[PLACE_LINE]);

int slurm_cancel(const struct place *p, const struct job *job, char why[PLACE_LINE]);

/* command.c: runs argv with in for its standard input, for so many seconds at most, and
 * adds what it prints to out.  Returns its code, 128 + N for a signal, or -1 when it could
 * not be run or was ended; what it, or we, have to say of a failure is in why. */
int command_run(const char *const argv[], const char *in, int64_t seconds, struct buf *out,
    char why[PLACE_LINE]);

/* loop.c: until a signal ends it.  Returns an exit code. */
int place_run(struct place *p);

#endif
