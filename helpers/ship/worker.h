/* What the owner of a worker says, by options. */
#ifndef SHIP_WORKER_H
#define SHIP_WORKER_H

#include <stdint.h>

#include "buf.h"
#include "sign.h"
#include "store/store.h"
#include "vec.h"

enum { WORKER_OPTIONS = 500 };	/* words of a command line at most */

struct words {
	VEC(const char *);
};

struct worker {
	const char *url;	/* of the server, without a slash at its end */
	const char *token_file, *key_file;
	const char *name;
	const char *work_dir, *conf, *exec;
	int64_t slots;
	struct words branches, archs, settings;	/* that tasks may have; branches: none is any */
	const char *own_arch;	/* the first of archs */
	int lists, repo;	/* what the server says of sources may be used */

	struct store store;
	int dir;		/* of work_dir/work */
	char token[256];
	unsigned char secret[SIGN_KEY];
	char **argv;		/* the program and its options, to start an attempt with */
	int options;		/* how many of it */
};

int words_have(const struct words *w, const char *word);

/* Opens the folders.  Exits when that cannot be. */
void worker_open(struct worker *w);

/* Reads the token, one line of a file that only its owner can read.  Exits when it
 * cannot be. */
void worker_token(struct worker *w);

/* Reads the key, which is made where there is none.  Exits when that cannot be. */
void worker_key(struct worker *w);

/* The loop: asks for attempts, as many at once as there are slots, and sees to those that
 * are left of a worker before.  once: NULL, "" for the next one, or its name ID.N.
 * Returns an exit code. */
int worker_run(struct worker *w, const char *once);

/* What the machine has for one build, and what worker_run asks for, as JSON. */
int worker_ask(const struct worker *w, const char *once, const struct words *running, int wait,
    struct buf *out);

#endif
