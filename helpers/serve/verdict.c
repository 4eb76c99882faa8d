#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "serve/bell.h"
#include "serve/db.h"
#include "serve/lease.h"
#include "serve/task.h"
#include "serve/upload.h"

enum { MINUTE = 60, FAILURES = 3, MUTE_MOST = 20 };

/* How long until the next attempt, after n of them. */
static int64_t
backoff(int64_t n)
{
	return n <= 1 ? MINUTE : n == 2 ? 5 * MINUTE : 25 * MINUTE;
}

/* Whether the machine was at fault, and not the package. */
static int
is_ours(const struct said *s)
{
	return (s->exit >= 69 && s->exit <= 78) || !strcmp(s->verdict, "error") ||
	    !strcmp(s->verdict, "stopped") || !strcmp(s->verdict, "killed") ||
	    !strcmp(s->verdict, "unfinished") || !strcmp(s->verdict, "lost");
}

/* Counts a failure of the machine; with too many in a row it gets nothing more. */
static int
blame(int64_t worker)
{
	return db_run("UPDATE worker SET failures = failures + 1, why = CASE WHEN failures + 1 >= ?2"
	    " AND NOT drain THEN 'failed ' || (failures + 1) || ' times in a row' ELSE why END,"
	    " drain = drain OR failures + 1 >= ?2 WHERE id = ?1", "ii", worker, (int64_t)FAILURES);
}

static int
refuse(const struct said *s, int64_t until, const char *why)
{
	return db_run("INSERT OR REPLACE INTO refusal VALUES(?, ?, ?, ?)", "iiis", s->task, s->worker,
	    until, why);
}

int
verdict_again(const struct said *s, const char *how)
{
	int64_t most = 0, now = now_s(), at = now + (strcmp(s->verdict, "lost") ? backoff(s->n) : 0);

	if (db_get("SELECT max_attempts FROM task WHERE id = ?", "i|i", s->task, &most) < 1)
		return -1;
	if (s->n >= most)
		return task_end(s->task, "error", s->verdict, s->exit, how);
	/* Where there is another worker, it comes first. */
	if (db_run("UPDATE task SET state = 'queued', why = ?, not_before = ? WHERE id = ?", "sii",
	    how, at, s->task) < 0 || refuse(s, strcmp(s->verdict, "lost") ? at + 2 * MINUTE :
	    now + 15 * MINUTE, how) < 0)
		return -1;
	return task_event(s->task, "queued", how);
}

/* MiB that were too few: what it used, or else all that the worker has. */
#define MEMORY \
	"max(t.needs_memory, coalesce(nullif(?2 / 1024, 0), (SELECT memory_mib FROM worker" \
	" WHERE id = ?3), 1))"

/* Once more where there is twice as much.  Returns 1, 0 when that is nowhere or was done
 * before, -1. */
static int
raise_needs(const struct said *s)
{
	int memory = !strcmp(s->verdict, "memory");
	const char *larger = memory ? "SELECT 1 FROM task t WHERE t.id = ?1 AND NOT t.raised AND"
	    " EXISTS(SELECT 1 FROM worker w WHERE NOT w.drain AND w.memory_mib >= 2 * " MEMORY
	    " AND EXISTS(SELECT 1 FROM json_each(w.archs)"
	    " WHERE value = t.arch))" :
	    "SELECT 1 FROM task t WHERE t.id = ?1 AND NOT t.raised AND EXISTS(SELECT 1 FROM worker w"
	    " JOIN worker own ON own.id = ?3 WHERE NOT w.drain AND w.disk_mib >="
	    " 2 * max(t.needs_disk, coalesce(own.disk_mib, 1)) AND EXISTS(SELECT 1 FROM"
	    " json_each(w.archs) WHERE value = t.arch))";
	int got = db_get(larger, "iii|", s->task, s->peak_kib, s->worker);

	/* What Slurm has is for Slurm to say. */
	if (!got)
		got = db_get("SELECT 1 FROM task WHERE id = ? AND NOT raised AND engine = 'slurm'", "i|",
		    s->task);
	if (got <= 0)
		return got;
	return db_run(memory ? "UPDATE task AS t SET state = 'queued', raised = 1, needs_memory ="
	    " 2 * " MEMORY ", why = 'ran out of memory; again with twice as much'"
	    " WHERE id = ?1" :
	    "UPDATE task SET state = 'queued', raised = 1, needs_disk = 2 * max(needs_disk,"
	    " coalesce((SELECT disk_mib FROM worker WHERE id = ?3), 1)),"
	    " why = 'ran out of disk; again with twice as much' WHERE id = ?1", "iii", s->task,
	    s->peak_kib, s->worker) < 0 || task_event(s->task, "queued", s->verdict) < 0 ? -1 : 1;
}

static int
succeed(const struct said *s)
{
	return db_run("INSERT INTO output(task, n, name, size, sha256) SELECT ?1, ?2,"
	    " json_extract(value, '$.name'), json_extract(value, '$.size'),"
	    " json_extract(value, '$.sha256') FROM json_each(?3)", "iis", s->task, s->n,
	    s->outputs) < 0 ||
	    db_run("UPDATE task SET repo = CASE WHEN (SELECT trust AND pubkey IS NOT NULL FROM worker"
	    " WHERE id = ?2) THEN 'waiting' ELSE 'held' END WHERE id = ?1", "ii", s->task,
	    s->worker) < 0 ? -1 : task_end(s->task, "ok", "ok", 0, NULL);
}

static int
follow(const struct said *s)
{
	char how[700];
	int64_t cancel = 0;
	int r;

	if (db_get("SELECT cancel FROM task WHERE id = ?", "i|i", s->task, &cancel) < 0)
		return -1;
	if (!strcmp(s->verdict, "ok") && !s->exit)
		return succeed(s);
	if (cancel)
		return task_end(s->task, "cancelled", s->verdict, s->exit, "cancelled");
	r = !strcmp(s->verdict, "memory") || !strcmp(s->verdict, "disk") ? raise_needs(s) : 0;
	if (r)
		return r < 0 ? -1 : 0;
	if (!is_ours(s))
		return task_end(s->task, "failed", s->verdict, s->exit, s->why);
	snprintf(how, sizeof(how), "%s (exit %" PRId64 ")%s%s", s->verdict, s->exit,
	    s->why ? ": " : "", s->why ? s->why : "");
	return verdict_again(s, how);
}

int
verdict_take(const struct said *s)
{
	int n = db_run("UPDATE attempt SET ended = ?, verdict = ?, exit = ?, why = ?, log_size = ?,"
	    " cpu_us = coalesce(nullif(?, 0), cpu_us), peak_kib = coalesce(nullif(?, 0), peak_kib),"
	    " result_sha = ? WHERE task = ? AND n = ? AND ended IS NULL", "isisiiisii", now_s(),
	    s->verdict, s->exit, s->why, s->log_size, s->cpu_us, s->peak_kib, s->sha, s->task, s->n);

	if (n != 1)
		return n;
	/* One that is stopped by whoever asked for it is nobody's failure. */
	if (is_ours(s) && db_get("SELECT 1 FROM task WHERE id = ? AND cancel IS NULL", "i|",
	    s->task) == 1)
		n = blame(s->worker);
	else
		n = db_run("UPDATE worker SET failures = 0 WHERE id = ?", "i", s->worker);
	return n < 0 || follow(s) < 0 ? -1 : 1;
}

/* Whether anything was ever heard of it.  If not, the worker may not even know that it has
 * it: the answer was lost, and not the worker. */
static int
was_heard(int64_t task, int64_t n, const char *step)
{
	char path[80];

	snprintf(path, sizeof(path), "task/%" PRId64 "/%" PRId64 "/log", task, n);
	return *step || upload_size(path) > 0 || n >= MUTE_MOST;
}

static int
never_began(const struct said *s, const char *how)
{
	return db_run("UPDATE task SET state = 'queued', why = ?, max_attempts = max_attempts + 1"
	    " WHERE id = ?", "si", how, s->task) < 0 || refuse(s, now_s() + MINUTE, how) < 0 ? -1 :
	    task_event(s->task, "queued", how);
}

/* Ends the attempt.  Returns 1 when the task goes on, 2 when it was cancelled, 0 when the
 * attempt was over already, -1. */
static int
end_lost(const struct said *s, const char *how)
{
	int64_t cancel = 0;
	int r;

	if (db_get("SELECT cancel FROM task WHERE id = ?", "i|i", s->task, &cancel) < 1)
		return -1;
	r = db_run("UPDATE attempt SET ended = ?, verdict = ?, why = ? WHERE task = ? AND n = ?"
	    " AND ended IS NULL", "issii", now_s(), cancel ? "cancelled" : "lost", how, s->task, s->n);
	if (r != 1 || !cancel)
		return r;
	return task_end(s->task, "cancelled", "stopped", 75, "cancelled; the worker did not answer") < 0 ?
	    -1 : 2;
}

int
verdict_gone(int64_t task, int64_t n, int64_t worker, const char *how)
{
	struct said s = { .task = task, .n = n, .worker = worker, .verdict = "lost", .exit = 75 };
	int r = end_lost(&s, how);

	return r != 1 ? r < 0 ? -1 : r > 0 : verdict_again(&s, how) < 0 ? -1 : 1;
}

int
verdict_lost(int64_t task, int64_t n, int64_t worker, const char *step)
{
	struct said s = { .task = task, .n = n, .worker = worker, .verdict = "lost", .exit = 75 };
	int heard = was_heard(task, n, step), r;
	char how[400];
	struct buf name = { 0 };

	if (db_get("SELECT name FROM worker WHERE id = ?", "i|s", worker, &name) < 0)
		return -1;
	snprintf(how, sizeof(how), heard ? "worker %.100s lost at step %.64s" :
	    "worker %.100s never began%.0s", name.len ? name.s : "?", *step ? step : "none");
	buf_free(&name);
	r = end_lost(&s, how);
	if (r != 1)
		return r < 0 ? -1 : r > 0;
	if (!heard)
		return never_began(&s, how);
	return blame(worker) < 0 ? -1 : verdict_again(&s, how);
}
