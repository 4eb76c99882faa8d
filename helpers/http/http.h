/* One request to a server of ours, and its answer. */
#ifndef HTTP_H
#define HTTP_H

#include <stddef.h>
#include <stdint.h>

#include "buf.h"

enum { HTTP_BODY = 4 << 20 };	/* bytes of an answer that is kept in memory */

extern long http_stall;		/* seconds in which nothing moves before giving up */
extern const char *http_socket;	/* a unix socket in place of the URL's host, or NULL */

struct http_ask {
	const char *method, *url;
	const char *bearer;	/* or NULL */
	const char *type;	/* of the body, or NULL */
	const char *text;	/* the body, len bytes; NULL: see fd */
	size_t len;
	int fd;			/* else size bytes of fd, from there on; size 0: none */
	int64_t from, size;
	const char *heads[4];	/* more header lines, up to NULL */
	long wait;		/* seconds that the server may think, beside http_stall */

	/* Takes the body of an answer 2xx, piece by piece, and returns 0, or -1 to stop;
	 * NULL: it is kept in the answer, as that of any other answer is. */
	int (*sink)(void *arg, long status, const char *s, size_t len);
	void *arg;
};

struct http_answer {
	long status;		/* 0: there was none, and why says why */
	int64_t offset;		/* Upload-Offset, or -1 */
	int complete;		/* Upload-Complete: ?1 */
	int cancel;		/* Aoinb-Do: cancel */
	long interval;		/* Aoinb-Interval, or 0 */
	long after;		/* seconds of Retry-After, or 0 */
	int too_long;		/* there was an answer, of more than HTTP_BODY bytes */
	char drain[200];	/* Aoinb-Drain, or "" */
	struct buf body;
	char why[512];		/* of a failure, in one line: what a person is told */
};

/* Loads libcurl, and finds the certificates that the environment names.  Returns 0, or
 * -1 with errno ENOTSUP. */
int http_init(void);

/* Gives back what that took. */
void http_end(void);

/* Asks.  The answer is filled in any case, and to be freed.  Returns its status, 0 when
 * there was none. */
long http_do(const struct http_ask *ask, struct http_answer *a);
void http_free(struct http_answer *a);

/* The code of an answer that is no success, as its problem names it or as we do, for a
 * program that gives up here. */
int http_code(const struct http_answer *a);

/* Whether the problem of an answer is of that type, such as "overtaken". */
int http_is(const struct http_answer *a, const char *type);

/* Whether the same may go well later, without anybody's doing. */
int http_passes(const struct http_answer *a);

#endif
