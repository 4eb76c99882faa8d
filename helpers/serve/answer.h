/* Files as answers. */
#ifndef SERVE_ANSWER_H
#define SERVE_ANSWER_H

#include "serve/req.h"

struct answer_as {
	const char *type;	/* of the content */
	const char *etag;	/* without quotes; NULL: by time and size */
	int forever;		/* it never changes */
	int attached;		/* not to be shown by a browser */
};

/* Answers with the regular file path, below the server's folder, or with what Range asks
 * for.  Returns 0; or -1 with errno set when it cannot be opened, not having answered. */
int answer_file(struct req *r, const char *path, const struct answer_as *as);

/* The same with what is open as fd, which is closed, or is that of the answer. */
int answer_fd(struct req *r, int fd, const struct answer_as *as);

/* The attempt that a request is about: that of the query, else the last one; 0 when there
 * is none yet.  Returns -1 having answered. */
int64_t answer_attempt(struct req *r);

#endif
