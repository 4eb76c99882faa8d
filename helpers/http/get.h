/* A file from the server, that comes whole or not at all. */
#ifndef HTTP_GET_H
#define HTTP_GET_H

#include "http/send.h"

struct get {
	const char *url, *bearer;
	const char *path;	/* where it goes */
	const char *part;	/* where it is while it comes; NULL: path.part */
	int mode;		/* of the file, less the umask; 0: 0600 */
	int64_t most;		/* bytes that are taken */
	const char *sha256;	/* in hex, or NULL */
};

/* Gets it, going on where a try before this one ended, for as long as it may go well
 * later and go returns 0.  SENT_REFUSED also when it is too long, has another digest
 * or cannot be written; then a->why says so. */
enum sent get_file(const struct get *g, int (*go)(void *arg, const struct http_answer *a),
    void *arg, struct http_answer *a);

#endif
