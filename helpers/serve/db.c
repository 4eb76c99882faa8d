#include <errno.h>
#include <pthread.h>
#include <sqlite3.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "err.h"
#include "serve/db.h"
#include "serve/schema.h"

/* A statement stays prepared: few texts are run again and again. */
enum { KEPT = 512 };

static struct {
	sqlite3 *db;
	pthread_mutex_t lock;
	struct { char *sql; sqlite3_stmt *stmt; } kept[KEPT];
	int failed;		/* errno of a statement of the transaction that is open */
} q;

void
db_lock(void)
{
	pthread_mutex_lock(&q.lock);
}

void
db_unlock(void)
{
	pthread_mutex_unlock(&q.lock);
}

/* Says what went wrong with sql, and sets errno. */
static int
failed(int code, const char *sql)
{
	warn_msg("database: %s: %.60s", q.db ? sqlite3_errmsg(q.db) : sqlite3_errstr(code), sql);
	errno = (code & 0xff) == SQLITE_FULL ? ENOSPC : (code & 0xff) == SQLITE_NOMEM ?
	    ENOMEM : EIO;
	q.failed = errno;
	return -1;
}

/* The statement of sql: a table with open addresses, of which none is ever taken out. */
static sqlite3_stmt *
prepare(const char *sql)
{
	size_t i, h = 5381;
	const char *p;
	int code;

	for (p = sql; *p; p++)
		h = h * 33 + (unsigned char)*p;
	for (i = h % KEPT; q.kept[i].sql; i = (i + 1) % KEPT)
		if (!strcmp(q.kept[i].sql, sql))
			return q.kept[i].stmt;
	code = sqlite3_prepare_v3(q.db, sql, -1, SQLITE_PREPARE_PERSISTENT, &q.kept[i].stmt, NULL);
	if (code != SQLITE_OK || !(q.kept[i].sql = strdup(sql))) {
		failed(code, sql);
		return NULL;
	}
	return q.kept[i].stmt;
}

/* Returns what is left of types behind the parameters. */
static const char *
bind(sqlite3_stmt *s, const char *types, va_list ap)
{
	const char *text;
	int i;

	for (i = 1; *types && *types != '|'; i++, types++) {
		if (*types == 'i') {
			sqlite3_bind_int64(s, i, va_arg(ap, int64_t));
			continue;
		}
		text = va_arg(ap, const char *);
		if (text)
			sqlite3_bind_text(s, i, text, -1, SQLITE_TRANSIENT);
		else
			sqlite3_bind_null(s, i);
	}
	return *types ? types + 1 : types;
}

static int
take(sqlite3_stmt *s, const char *types, va_list ap)
{
	const char *text;
	struct buf *b;
	int i;

	for (i = 0; types[i]; i++) {
		if (types[i] == 'i') {
			*va_arg(ap, int64_t *) = sqlite3_column_int64(s, i);
			continue;
		}
		b = va_arg(ap, struct buf *);
		b->len = 0;
		text = (const char *)sqlite3_column_text(s, i);
		if (buf_put(b, text ? text : "", text ? (size_t)sqlite3_column_bytes(s, i) : 0) < 0)
			return -1;
	}
	return 1;
}

/* Gives the statement back.  r as it is, or -1 with errno set. */
static int
done(sqlite3_stmt *s, int code, const char *sql, int r)
{
	if (code != SQLITE_ROW && code != SQLITE_DONE && code != SQLITE_OK)
		r = failed(code, sql);
	sqlite3_reset(s);
	sqlite3_clear_bindings(s);
	return r;
}

int
db_run(const char *sql, const char *types, ...)
{
	sqlite3_stmt *s;
	va_list ap;
	int code, r = -1;

	db_lock();
	if ((s = prepare(sql))) {
		va_start(ap, types);
		bind(s, types, ap);
		va_end(ap);
		while ((code = sqlite3_step(s)) == SQLITE_ROW)
			;
		r = done(s, code, sql, sqlite3_changes(q.db));
	}
	db_unlock();
	return r;
}

int
db_get(const char *sql, const char *types, ...)
{
	sqlite3_stmt *s;
	va_list ap;
	int code, r = -1;

	db_lock();
	if ((s = prepare(sql))) {
		va_start(ap, types);
		types = bind(s, types, ap);
		code = sqlite3_step(s);
		r = code == SQLITE_ROW ? take(s, types, ap) : 0;
		va_end(ap);
		/* What returns a row of a change is done only at its end. */
		while (code == SQLITE_ROW)
			code = sqlite3_step(s);
		r = done(s, code, sql, r);
	}
	db_unlock();
	return r;
}

int
db_each(int (*row)(void *arg, const struct db_row *r), void *arg, const char *sql,
    const char *types, ...)
{
	sqlite3_stmt *s;
	va_list ap;
	int code, r = -1;

	db_lock();
	if ((s = prepare(sql))) {
		va_start(ap, types);
		bind(s, types, ap);
		va_end(ap);
		while ((code = sqlite3_step(s)) == SQLITE_ROW)
			if (row(arg, (const struct db_row *)s))
				break;
		r = done(s, code, sql, 0);
	}
	db_unlock();
	return r;
}

int64_t
db_int(const struct db_row *r, int column)
{
	return sqlite3_column_int64((sqlite3_stmt *)r, column);
}

const char *
db_text(const struct db_row *r, int column)
{
	const char *text = (const char *)sqlite3_column_text((sqlite3_stmt *)r, column);

	return text ? text : "";
}

int64_t
db_added(void)
{
	return sqlite3_last_insert_rowid(q.db);
}

/* Statements without parameters, which are not kept. */
static int
exec(const char *sql)
{
	int code = sqlite3_exec(q.db, sql, NULL, NULL, NULL);

	return code == SQLITE_OK ? 0 : failed(code, sql);
}

int
db_begin(void)
{
	db_lock();
	q.failed = 0;
	if (db_run("BEGIN IMMEDIATE", "") >= 0)
		return 0;
	db_unlock();
	return -1;
}

void
db_rollback(void)
{
	/* A full disk has undone it already. */
	if (!sqlite3_get_autocommit(q.db))
		db_run("ROLLBACK", "");
	db_unlock();
}

int
db_commit(void)
{
	int err;

	if (!q.failed && db_run("COMMIT", "") >= 0) {
		db_unlock();
		return 0;
	}
	err = q.failed;
	db_rollback();
	errno = err;
	return -1;
}

int
db_schema(void)
{
	int n;

	for (n = 0; schema_steps[n]; n++)
		;
	return n;
}

static int
migrate(void)
{
	struct buf set = { 0 };
	int64_t at = 0;
	int n = db_schema(), r;

	if (db_get("PRAGMA user_version", "|i", &at) < 0)
		return -1;
	if (at > n) {
		warn_msg("database: a newer aoinb made it (schema %d, known are %d); "
		    "install that, or go back to a backup", (int)at, n);
		errno = EPROTO;
		return -1;
	}
	for (; at < n; at++) {
		set.len = 0;
		r = db_begin();
		if (r < 0)
			return -1;
		if (exec(schema_steps[at]) == 0 &&
		    buf_printf(&set, "PRAGMA user_version = %d", (int)at + 1) == 0)
			exec(set.s);
		if (db_commit() < 0)
			return -1;
	}
	buf_free(&set);
	return 0;
}

int
db_open(const char *path)
{
	pthread_mutexattr_t a;
	int code;

	pthread_mutexattr_init(&a);
	pthread_mutexattr_settype(&a, PTHREAD_MUTEX_RECURSIVE);
	pthread_mutex_init(&q.lock, &a);
	pthread_mutexattr_destroy(&a);
	code = sqlite3_open_v2(path, &q.db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE |
	    SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_NOFOLLOW, NULL);
	if (code != SQLITE_OK)
		return failed(code, path);
	/* One that was killed has given its lock up, but another may run. */
	sqlite3_busy_timeout(q.db, 500);
	code = sqlite3_exec(q.db, "PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = WAL;"
	    "PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON;"
	    "BEGIN EXCLUSIVE; COMMIT", NULL, NULL, NULL);
	if ((code & 0xff) == SQLITE_BUSY) {
		warn_msg("database: %s: another server has it", path);
		errno = EWOULDBLOCK;
		return -1;
	}
	return code != SQLITE_OK ? failed(code, path) : migrate();
}

void
db_close(void)
{
	size_t i;

	db_lock();
	for (i = 0; i < KEPT; i++) {
		sqlite3_finalize(q.kept[i].stmt);
		free(q.kept[i].sql);
	}
	sqlite3_close(q.db);
	q.db = NULL;
	db_unlock();
}

int
db_sound(struct buf *why)
{
	int r = db_get("PRAGMA integrity_check", "|s", why);

	if (r == 1 && !strcmp(why->s, "ok")) {
		r = db_get("SELECT \"table\" FROM pragma_foreign_key_check LIMIT 1", "|s", why);
		return r < 0 ? r : !r;
	}
	return r < 0 ? r : 0;
}

int
db_copy(const char *path)
{
	return db_run("VACUUM INTO ?", "s", path) < 0 ? -1 : 0;
}
