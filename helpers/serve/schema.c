#include <stddef.h>

#include "serve/schema.h"

/* A step that was released stays as it is: a change is a step of its own. */
const char *const schema_steps[] = {
/* 1 */
"CREATE TABLE token(id INTEGER PRIMARY KEY, secret_sha TEXT NOT NULL, name TEXT NOT NULL,"
" scopes TEXT NOT NULL, branches TEXT, archs TEXT, created INTEGER NOT NULL,"
" expires INTEGER, used INTEGER, revoked INTEGER) STRICT;"
"CREATE TABLE worker(id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, token INTEGER,"
" archs TEXT NOT NULL, pubkey TEXT, trust INTEGER NOT NULL DEFAULT 0,"
" cpus INTEGER, memory_mib INTEGER, disk_mib INTEGER, slots INTEGER, load REAL, bases TEXT,"
" version TEXT, drain INTEGER NOT NULL DEFAULT 0, why TEXT,"
" failures INTEGER NOT NULL DEFAULT 0, last_seen INTEGER) STRICT;"
"CREATE TABLE task(id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT, branch TEXT,"
" arch TEXT NOT NULL, engine TEXT NOT NULL, grp TEXT, targets TEXT, modifiers TEXT,"
" settings TEXT, state TEXT NOT NULL DEFAULT 'new', why TEXT, verdict TEXT, exit INTEGER,"
" prio INTEGER NOT NULL DEFAULT 0, attempts INTEGER NOT NULL DEFAULT 0,"
" max_attempts INTEGER NOT NULL, needs_cpus INTEGER NOT NULL DEFAULT 0,"
" needs_memory INTEGER NOT NULL DEFAULT 0, needs_disk INTEGER NOT NULL DEFAULT 0,"
" raised INTEGER NOT NULL DEFAULT 0, not_before INTEGER NOT NULL DEFAULT 0,"
" bundle_sha256 TEXT, bundle_size INTEGER, layout TEXT, packages TEXT,"
" owner INTEGER, retry_of INTEGER, idem_key TEXT, idem_sha TEXT, cancel INTEGER, repo TEXT,"
" version INTEGER NOT NULL DEFAULT 1, created INTEGER NOT NULL, queued INTEGER,"
" ended INTEGER) STRICT;"
"CREATE UNIQUE INDEX task_key ON task(owner, idem_key) WHERE idem_key IS NOT NULL;"
"CREATE INDEX task_queue ON task(arch, prio DESC, id) WHERE state = 'queued';"
"CREATE INDEX task_state ON task(state, id);"
"CREATE INDEX task_branch ON task(branch, id);"
"CREATE INDEX task_group ON task(grp, id) WHERE grp IS NOT NULL;"
"CREATE INDEX task_name ON task(name, arch, id);"
"CREATE INDEX task_repo ON task(repo) WHERE repo = 'waiting';"
"CREATE INDEX task_ended ON task(ended) WHERE ended IS NOT NULL;"
"CREATE TABLE attempt(task INTEGER NOT NULL REFERENCES task ON DELETE CASCADE,"
" n INTEGER NOT NULL, worker INTEGER NOT NULL, secret_sha TEXT NOT NULL,"
" lease_until INTEGER NOT NULL, began INTEGER NOT NULL, ended INTEGER, verdict TEXT,"
" exit INTEGER, why TEXT, step TEXT, log_size INTEGER, cpu_us INTEGER, peak_kib INTEGER,"
" result_sha TEXT, PRIMARY KEY(task, n)) STRICT, WITHOUT ROWID;"
"CREATE INDEX attempt_lease ON attempt(lease_until) WHERE ended IS NULL;"
"CREATE TABLE output(task INTEGER NOT NULL, n INTEGER NOT NULL, name TEXT NOT NULL,"
" size INTEGER NOT NULL, sha256 TEXT NOT NULL, PRIMARY KEY(task, n, name),"
" FOREIGN KEY(task, n) REFERENCES attempt ON DELETE CASCADE) STRICT, WITHOUT ROWID;"
"CREATE TABLE refusal(task INTEGER NOT NULL REFERENCES task ON DELETE CASCADE,"
" worker INTEGER NOT NULL, until INTEGER NOT NULL, why TEXT,"
" PRIMARY KEY(task, worker)) STRICT, WITHOUT ROWID;"
"CREATE TABLE event(id INTEGER PRIMARY KEY AUTOINCREMENT, task INTEGER, at INTEGER NOT NULL,"
" what TEXT NOT NULL, detail TEXT) STRICT;"
"CREATE INDEX event_task ON event(task, id);",
/* 2: what is to be told to others, kept until it was */
"CREATE TABLE notice(id INTEGER PRIMARY KEY AUTOINCREMENT, way TEXT NOT NULL,"
" to_whom TEXT NOT NULL, body TEXT NOT NULL, tries INTEGER NOT NULL DEFAULT 0,"
" next INTEGER NOT NULL) STRICT;",
/* 3: tasks that Slurm places, and where they are there */
"ALTER TABLE task ADD COLUMN needs_time INTEGER NOT NULL DEFAULT 0;"
"CREATE TABLE placed(task INTEGER PRIMARY KEY REFERENCES task ON DELETE CASCADE,"
" n INTEGER NOT NULL, job TEXT, why TEXT, tries INTEGER NOT NULL DEFAULT 0,"
" at INTEGER NOT NULL) STRICT;",
/* 4: how many ended so, and when; the last that was built of a package */
"CREATE INDEX task_end ON task(state, ended) WHERE ended IS NOT NULL;"
"CREATE INDEX task_good ON task(name, arch, id) WHERE state = 'ok';",
NULL
};
