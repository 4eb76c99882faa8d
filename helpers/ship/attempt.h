/* One attempt, from its lease to its result.  All that is known of it lies in its folder
 * work/ID.N, so that whoever is started on that again goes on where the last one was. */
#ifndef SHIP_ATTEMPT_H
#define SHIP_ATTEMPT_H

#include "ship/feed.h"
#include "http/send.h"
#include "ship/task.h"
#include "http/wait.h"

/* How an attempt ended, for the result. */
struct end {
	char verdict[32];
	int code;
	char why[500];		/* "" when nothing is to be said */
};

struct attempt {
	struct worker *w;
	struct task t;
	char name[48];		/* ID.N */
	char path[4096];	/* of the folder */
	int folder;
	struct feed feed;
	struct send log, samples;
	char step[64];
	int64_t cpu_us, peak_kib;	/* as far as samples tell */

	int cancel, lost;	/* what the server said */
	int stopped;		/* the result says so already */
	char refused[512];	/* why the server takes a part of it never */
	long interval;		/* seconds to the next word */
	int64_t next, beat;	/* when the next word, and the next beat, is due */
	struct backoff pause;
};

/* Runs the attempt name to its end.  Returns the code of its build when its result was
 * delivered; 75 when it is to go on later, or is another's. */
int attempt_run(struct worker *w, const char *name);

/* --- word.c: what is said while it runs */

/* The URL of a part of the lease, in a buffer that the next call reuses. */
const char *attempt_url(const struct attempt *a, const char *what);

/* Takes what an answer says beside its status: cancel, interval.  Returns nonzero when
 * there is no sense in going on.  For get_file and send_all; arg is the attempt. */
int attempt_heard(void *arg, const struct http_answer *answer);

/* Sends what is new of log and samples, or a beat where nothing is, when that is due, or
 * now.  A server that is away costs nothing but the try. */
void attempt_word(struct attempt *a, int now);

/* The word of one who has nothing to send.  Returns whether the server was reached. */
int attempt_beat(struct attempt *a);

/* Says at which step it is, and at once. */
void attempt_step(struct attempt *a, const char *step);

/* --- child.c: programs that it runs */

/* Runs argv in the folder, its words added to the files out and err, until it ends,
 * feeding and sending meanwhile.  It is ended when the server cancels or the lease is
 * lost, or we are to end.  Returns its code; 128 + n; or -1 with errno set. */
int attempt_child(struct attempt *a, char *argv[]);

/* --- job.c: what the build left in work_dir */

/* The job that runs, or ran last, as "jobs/ID".  Returns 0, or -1 when there is none. */
int attempt_job(struct attempt *a, char job[300]);

/* Calls each for every job of the attempt, "jobs/ID".  Returns 0, or -1 as each left it. */
int attempt_jobs(struct attempt *a, int (*each)(struct attempt *a, const char *job, void *arg),
    void *arg);

/* Whether the build had come to an end before we were asked: 1 and its code, or 0. */
int attempt_ended(struct attempt *a, int *code);

/* Feeds from the job that runs, and takes its step and use from it. */
void attempt_look(struct attempt *a);

/* The verdict, and why, after the build ended with code. */
void attempt_judge(struct attempt *a, int code, struct end *e);

/* --- result.c */

/* Links packages and samples into the folder, and writes result.dsse, signed.  Returns
 * 0, or -1 with errno set. */
int result_write(struct attempt *a, const struct end *e);

/* Delivers it, and before it what the server misses, for as long as it takes.  Returns
 * how it went; SENT_LATER when we are to end, or it was cancelled and does not say so. */
enum sent result_deliver(struct attempt *a);

#endif
