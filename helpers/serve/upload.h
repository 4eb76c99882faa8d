/* Uploads, whole or in pieces that go on where the last one ended. */
#ifndef SERVE_UPLOAD_H
#define SERVE_UPLOAD_H

#include <stdint.h>

#include "buf.h"

struct req;

struct upload_to {
	const char *part;	/* the file, below the server's folder, that it grows in */
	int64_t size;		/* of what is whole already; -1: nothing is */
	int64_t most;		/* bytes */
	int grows;		/* a log: has no end that we know of, and no digest */
};

/* What upload_end says. */
enum upload_is { UPLOAD_ANSWERED, UPLOAD_PIECE, UPLOAD_WHOLE };

/* Begins the upload that the headers tell of, and takes it over from who sends the same.
 * Answers when it cannot be. */
void upload_begin(struct req *r, const struct upload_to *to);

/* Writes a piece; answers when that fails. */
void upload_piece(struct req *r, const char *s, size_t len);

/* All of the body is there: sets Upload-Offset, and says what there is now.  A whole
 * that is no log is on the disk; its size and SHA-256 are stored. */
enum upload_is upload_end(struct req *r, int64_t *size, char sha256[65]);

/* Answers HEAD. */
void upload_tell(struct req *r, const struct upload_to *to);

/* Ends it, whatever came of it; what was written stays. */
void upload_free(struct req *r);

/* How much there is of the file. */
int64_t upload_size(const char *path);

#endif
