#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "serve/bell.h"
#include "serve/conf.h"
#include "serve/db.h"
#include "serve/lease.h"
#include "serve/task.h"
#include "vec.h"

/* The first task of one architecture that the worker can take: the index has them in
 * order.  ?2 worker, ?3 to ?5 what it has, ?6 its branches, ?7 those of its token, ?8
 * now. */
#define FIRST \
	"SELECT t.id, t.prio FROM task t WHERE t.state = 'queued' AND t.arch = ?1" \
	" AND t.not_before <= ?8 AND t.engine = 'pull' AND t.needs_cpus <= ?3" \
	" AND t.needs_memory <= ?4 AND t.needs_disk <= ?5" \
	" AND (?6 IS NULL OR t.branch IN (SELECT value FROM json_each(?6)))" \
	" AND NOT EXISTS(SELECT 1 FROM refusal r WHERE r.task = t.id AND r.worker = ?2" \
	"  AND r.until > ?8) ORDER BY t.prio DESC, t.id LIMIT 1"

struct archs {
	VEC(char *);
};

static int
add(void *arg, const struct db_row *row)
{
	struct archs *v = arg;

	return vec_push(v, strdup(db_text(row, 0))) < 0;
}

/* The best of the first ones of each architecture. */
static int
best(const struct can *c, int64_t *id)
{
	struct archs v = { 0 };
	int64_t at, prio, top = 0, found = 0;
	size_t i;
	int r;

	r = db_each(add, &v, "SELECT value FROM json_each(?) UNION VALUES('noarch'), ('all')", "s",
	    c->archs.s);
	for (i = 0; i < v.len && r >= 0; i++) {
		r = db_get(FIRST, "siiiissi|ii", v.at[i], c->worker, c->cpus, c->memory, c->disk,
		    c->branches.len ? c->branches.s : NULL, NULL, now_s(), &at, &prio);
		if (r == 1 && (!found || prio > top || (prio == top && at < found))) {
			found = at;
			top = prio;
		}
	}
	for (i = 0; i < v.len; i++)
		free(v.at[i]);
	vec_free(&v);
	*id = found;
	return r < 0 ? -1 : found != 0;
}

/* The attempt that was named, when it is the next one and fits. */
static int
named(const struct can *c, int64_t *id)
{
	*id = c->task;
	return db_get("SELECT 1 FROM task WHERE id = ?1 AND state = 'queued' AND attempts + 1 = ?2"
	    " AND (arch IN ('noarch', 'all') OR arch IN (SELECT value FROM json_each(?3)))"
	    " AND (?4 IS NULL OR branch IN (SELECT value FROM json_each(?4)))"
	    " AND needs_cpus <= ?5 AND needs_memory <= ?6 AND needs_disk <= ?7", "iissiii|", c->task,
	    c->n, c->archs.s, c->branches.len ? c->branches.s : NULL, c->cpus, c->memory, c->disk);
}

static int
take(struct can *c, int64_t id)
{
	int64_t now = now_s();
	char sha[SECRET_HEX];

	if (auth_secret(c->secret, sha) < 0 ||
	    db_get("UPDATE task SET state = 'running', attempts = attempts + 1, why = NULL"
	    " WHERE id = ? RETURNING attempts", "i|i", id, &c->n) != 1 ||
	    db_run("INSERT INTO attempt(task, n, worker, secret_sha, lease_until, began)"
	    " VALUES(?, ?, ?, ?, ?, ?)", "iiisii", id, c->n, c->worker, sha, now + conf.lease,
	    now) < 0)
		return -1;
	c->task = id;
	return task_event(id, "running", NULL);
}

int
claim(struct can *c)
{
	int64_t id;
	int got;

	if (db_begin() < 0)
		return -1;
	got = c->task ? named(c, &id) : best(c, &id);
	if (got == 1 && take(c, id) < 0)
		got = -1;
	if (got <= 0) {
		db_rollback();
		return got;
	}
	if (db_commit() < 0)
		return -1;
	task_ring(id);
	return 1;
}
