#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "err.h"
#include "serve/bell.h"
#include "serve/conf.h"
#include "serve/db.h"
#include "serve/http.h"
#include "serve/lease.h"
#include "serve/sweep.h"
#include "serve/task.h"
#include "serve/tidy.h"
#include "vec.h"

enum { EVERY = 10, HOUR = 3600, CANCEL = 60 };

struct late {
	int64_t task, n, worker;
	char step[65];
};

struct lates {
	VEC(struct late);
};

static int
add(void *arg, const struct db_row *row)
{
	struct lates *v = arg;
	struct late l = { db_int(row, 0), db_int(row, 1), db_int(row, 2), "" };

	strncpy(l.step, db_text(row, 3), sizeof(l.step) - 1);
	return vec_push(v, l) < 0;
}

int
sweep_start(void)
{
	return db_run("UPDATE attempt SET lease_until = max(lease_until, ?) WHERE ended IS NULL", "i",
	    now_s() + conf.lease) < 0 ? -1 : 0;
}

/* One that is late, unless it said a word since it was found. */
static int
lose(const struct late *l, int64_t now)
{
	int r;

	if (db_begin() < 0)
		return -1;
	r = db_get("SELECT 1 FROM attempt a JOIN task t ON t.id = a.task WHERE a.task = ? AND a.n = ?"
	    " AND a.ended IS NULL AND (a.lease_until < ? OR t.cancel < ?)", "iiii|", l->task, l->n,
	    now, now - CANCEL);
	if (r == 1)
		r = verdict_lost(l->task, l->n, l->worker, l->step);
	if (r < 0) {
		db_rollback();
		return -1;
	}
	return db_commit() < 0 ? -1 : r;
}

static void
leases(void)
{
	struct lates v = { 0 };
	int64_t now = now_s();
	size_t i;

	if (db_each(add, &v, "SELECT a.task, a.n, a.worker, a.step FROM attempt a JOIN task t"
	    " ON t.id = a.task WHERE a.ended IS NULL AND (a.lease_until < ? OR t.cancel < ?)", "ii",
	    now, now - CANCEL) < 0)
		v.len = 0;
	for (i = 0; i < v.len; i++) {
		if (lose(&v.at[i], now) != 1)
			continue;
		warn_msg("task %" PRId64 ": nothing was heard of attempt %" PRId64 " in time",
		    v.at[i].task, v.at[i].n);
		task_ring(v.at[i].task);
	}
	vec_free(&v);
}

void *
sweep_run(void *unused)
{
	int64_t every = conf.lease / 3 < EVERY ? conf.lease / 3 + 1 : EVERY, tidied = 0;
	struct bell_seen seen = bell_seen(0);

	(void)unused;
	while (!http_ending()) {
		leases();
		if (tidied + HOUR < now_s()) {
			tidied = now_s();
			tidy_old();
		}
		bell_wait(0, &seen, (int)every * 1000);
	}
	return NULL;
}
