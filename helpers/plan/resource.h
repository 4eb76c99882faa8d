/* What builds want of a machine: the needs of a task. */
#ifndef AOINB_PLAN_RESOURCE_H
#define AOINB_PLAN_RESOURCE_H

#include "plan/known.h"
#include "plan/plan.h"

/* 0: not known. */
struct resource {
	int64_t cpus, memory_mib, disk_mib, time_s;
};

/* Reads "cores=2 memory=4G disk=20G time=6h", any of them.  Returns 0, or -1 when that is
 * something else. */
int resource_words(const char *words, struct resource *out);

/* What a folder's build wants: as its spec says in ENVREQ, else as its builds before took,
 * with a margin, else as usual says. */
void resource_of(struct plan *p, const struct times *t, const struct folder *f,
    const struct resource *usual, struct resource *out);

/* Adds them as JSON, what is known of them. */
void resource_put(const struct resource *n, struct buf *out);

/* Adds a line "UNIT TAB JSON" for each unit that is to be built. */
void resource_print(struct plan *p, const struct times *t, const struct resource *usual,
    struct buf *out);

/* Adds what all that is asked for wants, one after the other on one machine. */
void resource_print_all(struct plan *p, const struct times *t, const struct resource *usual,
    struct buf *out);

#endif
