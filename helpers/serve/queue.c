#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "serve/db.h"
#include "serve/place.h"
#include "serve/queue.h"
#include "serve/req.h"

enum { AWAY = 300 };	/* seconds after which a worker is not counted on */

/* A task that waits. */
struct waiting {
	int64_t id, prio, not_before, cpus, memory, disk, attempts;
	struct buf arch, why, engine;
};

#define FITS_ARCH \
	"(?1 IN ('noarch', 'all') OR EXISTS(SELECT 1 FROM json_each(w.archs) WHERE value = ?1))"

/* Says that no worker has as much as is wanted of one thing. */
static int
too_large(const struct waiting *t, const char *what, int64_t wants, const char *sql,
    struct buf *out)
{
	struct buf name = { 0 };
	int64_t most = 0;
	int got;

	if (!wants)
		return 0;
	got = db_get(sql, "s|is", t->arch.s, &most, &name);
	if (got == 1 && most < wants && most > 0)
		got = buf_printf(out, "wants %" PRId64 " %s; the largest worker for %s, %s, has %"
		    PRId64, wants, what, t->arch.s, name.s, most) < 0 ? -1 : 1;
	else if (got == 1)
		got = 0;
	buf_free(&name);
	return got;
}

static int
too_large_any(const struct waiting *t, struct buf *out)
{
	int got = too_large(t, "MiB of memory", t->memory, "SELECT max(memory_mib), name FROM worker"
	    " w WHERE " FITS_ARCH, out);

	if (!got)
		got = too_large(t, "cores", t->cpus, "SELECT max(cpus), name FROM worker w WHERE "
		    FITS_ARCH, out);
	return got ? got : too_large(t, "MiB of disk", t->disk, "SELECT max(disk_mib), name FROM"
	    " worker w WHERE " FITS_ARCH, out);
}

static int
say(const struct waiting *t, int count, struct buf *out)
{
	int64_t now = now_s(), known = 0, here = 0, before = 0;
	int got;

	if (t->not_before > now)
		return buf_printf(out, "%s; again in %" PRId64 " s", t->why.len ? t->why.s :
		    "failed", t->not_before - now);
	if (!strcmp(t->engine.s, "slurm"))
		return place_why(t->id, t->attempts, out);
	if (db_get("SELECT count(*), coalesce(sum(w.last_seen > ?2 AND NOT w.drain), 0) FROM worker w"
	    " WHERE " FITS_ARCH, "si|ii", t->arch.s, now - AWAY, &known, &here) < 0)
		return -1;
	if (!known)
		return buf_printf(out, "there is no worker for %s", t->arch.s);
	got = too_large_any(t, out);
	if (got)
		return got;
	if (!here)
		return buf_printf(out, "no worker for %s has asked in the last %d minutes", t->arch.s,
		    AWAY / 60);
	if (!count)
		return buf_printf(out, "waits for a worker%s%s", t->why.len ? "; before: " : "",
		    t->why.len ? t->why.s : "");
	if (db_get("SELECT count(*) FROM task WHERE state = 'queued' AND arch = ? AND"
	    " (prio > ? OR (prio = ? AND id < ?))", "siii|i", t->arch.s, t->prio, t->prio, t->id,
	    &before) < 0)
		return -1;
	return buf_printf(out, "waits for a worker; %" PRId64 " tasks for %s are before it%s%s",
	    before, t->arch.s, t->why.len ? "; before: " : "", t->why.len ? t->why.s : "");
}

int
queue_why(int64_t id, int count, struct buf *why)
{
	struct waiting t = { .id = id };
	int got = db_get("SELECT prio, not_before, needs_cpus, needs_memory, needs_disk,"
	    " attempts, arch, why, engine FROM task WHERE id = ? AND state = 'queued'", "i|iiiiiisss",
	    id, &t.prio, &t.not_before, &t.cpus, &t.memory, &t.disk, &t.attempts, &t.arch, &t.why,
	    &t.engine);

	if (got == 1)
		got = say(&t, count, why) < 0 ? -1 : 1;
	buf_free(&t.arch);
	buf_free(&t.why);
	buf_free(&t.engine);
	return got;
}
