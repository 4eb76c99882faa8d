/* Files on their way to the server: in pieces, from the offset on that the server names. */
#ifndef HTTP_SEND_H
#define HTTP_SEND_H

#include <stdint.h>

#include "http/http.h"

/* What came of a request. */
enum sent {
	SENT,		/* it is there */
	SENT_LATER,	/* not now: the same may go well later */
	SENT_LOST,	/* the lease is another's, or over: 410, 404 */
	SENT_REFUSED,	/* never: the answer says why */
};

struct send {
	const char *url, *bearer;
	int fd;
	int64_t size;		/* of the whole; -1: it still grows */
	const char *sha256;	/* of the whole, in hex; or NULL */
	int64_t at;		/* what the server has, -1: to be asked for */
	int64_t piece;		/* bytes of the next piece; 0: as we like */
	int done;		/* the server has the whole */
	int again;		/* how often it was begun anew for a wrong digest */
	unsigned turns;		/* how often in a row nothing was brought forward */
};

/* One request more: what the file has behind at, one piece at most.  A server that has
 * other bytes than we do, more than there are, gets all of it anew.  The answer is
 * filled, and to be freed, also when nothing had to be sent. */
enum sent send_piece(struct send *s, struct http_answer *a);

/* Sends all of a file that grows no more, and does not give up for as long as it may go
 * well later and go, which gets each answer, returns 0. */
enum sent send_all(struct send *s, int (*go)(void *arg, const struct http_answer *a),
    void *arg, struct http_answer *a);

/* What an answer means. */
enum sent sent_how(const struct http_answer *a);

#endif
