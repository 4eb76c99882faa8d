/* One source on its way, and the places to ask for it. */
#ifndef FETCH_ITEM_H
#define FETCH_ITEM_H

#include <stdint.h>

#include "fetch/cache.h"
#include "fetch/net.h"
#include "fetch/part.h"
#include "fetch/source.h"

struct fetch_opts {
	uint64_t jobs;		/* transfers at once */
	uint64_t per_host;	/* of these to one host */
	uint64_t retries;	/* rounds after the first */
	uint64_t max_size;	/* bytes of one file */
	int offline;
	int quiet;		/* no records */
	struct net_opts net;
	const char **mirrors, **fallbacks;	/* templates and a NULL; or NULL */
};

/* Where a source can be had. */
struct place {
	char *url;
	int listed;		/* the one in the list, and not a mirror */
	int dead;		/* not to be asked again */
	int again;		/* gave a wrong file once, so ask anew */
};

enum item_state {
	ITEM_WAITING,		/* for its turn, at "when" */
	ITEM_BUSY,		/* a transfer is under way */
	ITEM_WHOLE,		/* it is over, the file is to be verified */
	ITEM_DONE,
};

struct item {
	const struct source *src;
	const struct fetch_opts *opts;
	struct entry entry;
	struct place *places;
	size_t nplaces, at;	/* at: the place to ask now */

	enum item_state state;
	uint64_t when;		/* clock_ms() not before which to go on */
	int locked_out;		/* somebody else has the lock */
	int code;		/* exit code it ends with */

	struct meta known;	/* of the cached copy of a SKIP source */
	int cached;		/* that copy is there, and good */

	int lock;		/* while busy or whole */
	struct part part;	/* while busy or whole */
	int stop, err;		/* why we stopped a transfer, and its errno */
	int resumed, html;
	uint64_t round;		/* tries of all places that failed */
	long long most;		/* bytes at the last gain worth a new round 0 */
	long after;		/* seconds a server asked us to wait */
	int fault;		/* what the listed place failed with: exit code */
	int passing;		/* that failure may pass */
	char *why;
};

/* Returns 0, or -1 with errno set.  item_free frees what it made. */
int item_init(struct item *it, const struct source *src,
    const struct fetch_opts *opts);
void item_free(struct item *it);

#endif
