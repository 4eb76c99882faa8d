/* What the command line of aoinb-fetch asks for. */
#ifndef FETCH_WISH_H
#define FETCH_WISH_H

#include "opt.h"
#include "reach.h"
#include "fetch/fetch.h"

enum {
	O_HOST = OPT_LONG, O_RETRIES, O_CONNECT, O_STALL, O_MAX, O_FALLBACK,
	O_OFFLINE, O_IMPORT, O_DIGEST, O_EXPORT, O_LIST, O_GC, O_SIZE, O_AGE,
	O_VERIFY, O_USER, O_DIE, O_PYPI, O_KEEP, O_PRIVATE, O_LEAST, O_WINDOW,
	O_HOSTS, O_JSON,
};

struct wish {
	int how;		/* option that says what to do, 0 to fetch */
	int json;
	const char *import, *digest, *export, *pypi;
	const char **tables, **keep;	/* a NULL behind the last; or NULL */
	uint64_t cache_size, cache_age;
	struct fetch_opts fetch;
	struct reach reach;
	struct sandbox box;
};

/* Reads argv into w, whose defaults are set; or ends the program.  Lists in it are to
 * be freed with wish_free. */
void wish_read(struct wish *w, char *argv[]);
void wish_free(struct wish *w);

#endif
