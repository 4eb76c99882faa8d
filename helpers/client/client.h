/* What the verbs of aoinb-client share: who is asked, and how an answer is taken. */
#ifndef CLIENT_CLIENT_H
#define CLIENT_CLIENT_H

#include <stdint.h>

#include "buf.h"
#include "http/http.h"

struct client {
	/* as the options say; NULL where they do not */
	const char *server, *token_file, *admin;	/* admin: the socket of this machine */
	const char *arch, *archs, *branch, *branches, *days, *key_dir, *limit, *output, *package,
	    *priority, *pubkey, *scopes, *state, *tree, *why;
	int dry, json, raw, trust, wait;
	int64_t patience_s;	/* remote: how long nothing may go on */

	const char *url;	/* what a route is put behind */
	char *own;		/* what that lies in */
	const char *name;	/* what a person is told */
	struct buf token;	/* empty: none */

	unsigned tries;		/* how often one that does not answer is asked; 0: until it does */
	int code;		/* the exit code of what failed */
};

/* --- server.c */

/* Finds out who is asked: server, else admin where we may use it; and the token.  Ends
 * the program where there is none, or where one of them cannot be. */
void server_open(struct client *c);
void server_close(struct client *c);

/* --- ask.c */

/* Asks until there is an answer.  body may be NULL.  Returns 0 and the answer, which has
 * a status of 2xx or 304 and is to be freed; or -1, having said why, and c->code. */
int ask(struct client *c, const char *method, const char *path, const char *body,
    struct http_answer *a);

/* The same with the Idempotency-Key key; NULL for a new one. */
int ask_keyed(struct client *c, const char *method, const char *path, const char *body,
    const char *key, struct http_answer *a);

/* The same without an answer that anybody reads. */
int ask_only(struct client *c, const char *method, const char *path, const char *body);

/* Says what the server has said against it, as ask does.  Returns -1. */
int ask_refused(struct client *c, const struct http_answer *a);

/* Says that nobody has answered.  Returns -1. */
int ask_alone(struct client *c, const struct http_answer *a);

/* Says that the answer is none of aoinb-serve's.  Returns -1. */
int ask_odd(struct client *c);

/* A URL of the server, in a buffer of the caller. */
const char *ask_url(const struct client *c, char url[4096], const char *path);

/* A random key for a request that is to be done once. */
void ask_key(char key[40]);

/* The answer as it is, on a terminal without what a terminal should not be told.
 * Returns 0, or -1 having said why. */
int ask_print(struct client *c, const struct http_answer *a);

/* --- show.c, task.c, token.c, worker.c, submit.c, watch.c: the verbs.  Each returns the
 * exit code. */
int show_tasks(struct client *c, char **word);
int show_task(struct client *c, char **word);
int show_workers(struct client *c, char **word);
int show_tokens(struct client *c, char **word);
int task_each(struct client *c, char **word);
int task_get(struct client *c, char **word);
int task_retry(struct client *c, char **word);
int token_add(struct client *c, char **word);
int token_revoke(struct client *c, char **word);
int worker_each(struct client *c, char **word);
int envelope_get(struct client *c, char **word);
int submit(struct client *c, char **word);
int watch(struct client *c, char **word);

/* Whether text is the number of a task. */
int is_id(const char *text);

#endif
