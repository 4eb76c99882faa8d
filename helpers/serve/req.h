/* One request, and the answer to it.  Handlers fill the answer in; http.c sends it. */
#ifndef SERVE_REQ_H
#define SERVE_REQ_H

#include <stdint.h>
#include <sys/types.h>

#include "buf.h"
#include "serve/auth.h"

enum { REQ_NAME = 256, REQ_HEADS = 16 };

struct route;
struct upload;

/* A body that is made while it is sent. */
struct stream {
	/* Waits for more and puts at most max bytes at s.  Returns how many, 0 at the
	 * end, -1 when it cannot go on. */
	ssize_t (*read)(struct stream *s, char *at, size_t max);
	void (*free)(struct stream *s);
};

struct req {
	const struct route *route;
	const char *method, *path;
	int admin;		/* it came by the admin's socket */
	char addr[64];		/* of the client, as far as we know */
	struct who who;
	int64_t task, n;	/* ID of the path, and N of A */
	char name[REQ_NAME];	/* NAME or BRANCH of the path */
	const char *rest;	/* PATH of the path */
	struct buf body;	/* of a route that is no upload; has a string */
	int64_t worker;		/* whose lease it is */
	int over;		/* and that it is over */
	struct upload *upload;
	void *conn;		/* http.c's */
	int64_t began_us;

	int status;		/* 0: not answered yet */
	const char *type;	/* of what is sent; NULL: JSON */
	struct buf out;
	struct { const char *name; char *value; } head[REQ_HEADS];
	int heads;
	int fd;			/* a file in place of out; -1: none */
	int64_t from, len;	/* what of it */
	struct stream *stream;	/* in place of both, or NULL */
	int64_t bytes, discarded;	/* of the body: taken, and thrown away */
};

/* Sets a header of the answer. */
void req_head(struct req *r, const char *name, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

/* Answers with what is in out. */
void req_answer(struct req *r, int status);

/* Answers with an error: its word, and what to do about it.  extra are more members, as
 * JSON, or NULL.  An answer that is there already is replaced. */
void req_problem(struct req *r, int status, const char *word, const char *fmt, ...)
    __attribute__((format(printf, 4, 5)));
void req_problem_with(struct req *r, int status, const char *word, const char *extra,
    const char *fmt, ...) __attribute__((format(printf, 5, 6)));

/* Answers 507 or 500, as errno says, and says on stderr what failed. */
void req_failed(struct req *r, const char *what);

/* The word of a status: "Not Found". */
const char *req_title(int status);

/* A member of the body, which is an object or empty.  Each returns 1; 0 when there is no
 * such member, or it is null; -1 having answered 422 when it is of another kind. */
int req_text(struct req *r, const char *member, struct buf *out);
int req_int(struct req *r, const char *member, int64_t least, int64_t most, int64_t *out);
int req_bool(struct req *r, const char *member, int64_t *out);

/* A list of texts, as JSON; each may be a name only when names is set. */
int req_list(struct req *r, const char *member, int names, struct buf *out);

/* Whether the body is an object, or empty; else answers 400. */
int req_object(struct req *r);

/* A number of the query.  Returns it, usual when it is not there, or -1 having answered
 * 400. */
int64_t req_query(struct req *r, const char *name, int64_t least, int64_t most, int64_t usual);

/* Whether it may be a name of a branch, package, worker or file of ours. */
int name_ok(const char *s);

int64_t now_s(void);
int64_t now_us(void);	/* of a clock that is never set */

#endif
