/* A group: a folder that says what is to be built, and in which order. */
#ifndef AOINB_GROUP_GROUP_H
#define AOINB_GROUP_GROUP_H

#include "order/sched.h"
#include "store/store.h"

/* Fields of a line of units, "-" for what is empty. */
enum {
	ROW_UNIT,
	ROW_DIR,		/* of its bundle */
	ROW_NAMES,		/* of its packages, blanks between them */
	ROW_VERSION,
	ROW_MODIFIERS,
	ROW_STATE,		/* build, built, unfit, unmet */
	ROW_WHY,
	ROW_FIELDS
};

struct row {
	const char *field[ROW_FIELDS];
	uint32_t unit;		/* its number in the graph; SCHED_NONE for a built one */
};

struct group {
	struct store store;
	int dir;		/* the folder */
	char *path;		/* absolute */
	const char *id;		/* the last part of it */
	int64_t began;		/* seconds since 1970 */
	struct buf branch, targets;

	struct row *row;	/* as they stand in units */
	size_t rows;
	const struct row **row_of;	/* by number in the graph */
	uint32_t *because;	/* by number: for which one it was skipped */

	struct units units;
	struct graph graph;
	struct sched sched;
	int broken;		/* some needs were given up */
	struct buf units_text, graph_text;
};

/* Reads the group in the folder path; everything waits.  g->store is open.  Ends
 * the program when it cannot: 66 when it was never planned, 65 when what was
 * planned cannot be read. */
void group_load(struct group *g, const char *path, uint32_t slots,
    uint64_t memory_kib);

/* Takes the lock of g, on the descriptor fd that our caller has opened on it, or on
 * our own when fd is -1.  Ends the program when somebody else holds it: 75. */
void group_lock(struct group *g, int fd);

/* The name of a unit in the graph. */
static inline const char *
group_unit(const struct group *g, uint32_t u)
{
	return g->graph.unit[u].name;
}

/* The folder of a unit as seen from that of the group, "run/KEY" with file behind
 * it, for the caller to free.  Ends the program when there is no memory. */
char *group_run(const char *unit, const char *file);

/* The number of units that came to an end: built, failed or skipped. */
static inline uint32_t
group_ended(const struct group *g)
{
	const uint32_t *n = g->sched.count;

	return n[DONE] + n[FAILED] + n[SKIPPED];
}

void group_free(struct group *g);

#endif
