/* A file from the server, that comes whole or not at all. */
#ifndef SHIP_GET_H
#define SHIP_GET_H

#include "ship/send.h"

struct get {
	const char *url, *bearer;
	const char *path;	/* where it goes; path.part while it comes */
	int64_t most;		/* bytes that are taken */
	const char *sha256;	/* in hex, or NULL */
};

/* Gets it, going on where a try before this one ended, for as long as it may go well
 * later and go returns 0.  SENT_REFUSED also when it is too long, has another digest
 * or cannot be written; then a->why says so. */
enum sent get_file(const struct get *g, int (*go)(void *arg, const struct http_answer *a),
    void *arg, struct http_answer *a);

#endif
