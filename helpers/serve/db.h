/* The queue: the only door to SQLite.  One process has one connection, and keeps
 * others out; every function takes the lock that goes with it, so that a thread
 * waits for no more than one statement or transaction of another. */
#ifndef SERVE_DB_H
#define SERVE_DB_H

#include <stddef.h>
#include <stdint.h>

#include "buf.h"

struct db_row;

/* Opens the database file path, which is made or brought to the newest schema.
 * Returns 0; or -1, which was said, with errno EWOULDBLOCK when another server has
 * it, EPROTO when a newer aoinb made it, else EIO. */
int db_open(const char *path);
void db_close(void);

/* The number of the newest schema. */
int db_schema(void);

/* Whether all of it is sound: 1 or 0, with what is wrong in why; or -1. */
int db_sound(struct buf *why);

/* Holds the lock over more than one call.  Others wait: no file is read or written
 * between. */
void db_lock(void);
void db_unlock(void);

/* A transaction, with the lock held.  db_begin and db_commit return 0, or -1 with
 * errno set and all of it undone; db_rollback undoes it.  What is between the two
 * may fail: db_commit then fails as well. */
int db_begin(void);
int db_commit(void);
void db_rollback(void);

/* One statement.  types has a letter for each of its parameters, and behind '|' one for
 * each of its columns: i (int64_t, int64_t *) or s (const char *, NULL for no value;
 * struct buf *, which is emptied first and has a string then).  An i without a value
 * is 0.  errno of a failure, which was said: ENOSPC for a full disk, else EIO. */

/* Returns how many rows it changed, or -1 with errno set. */
int db_run(const char *sql, const char *types, ...);

/* The first row.  Returns 1; 0 when there is none; -1 with errno set. */
int db_get(const char *sql, const char *types, ...);

/* Calls row for each; it may not run statements that change anything.  Ends when that
 * is not 0.  Returns 0, or -1 with errno set. */
int db_each(int (*row)(void *arg, const struct db_row *r), void *arg, const char *sql,
    const char *types, ...);
int64_t db_int(const struct db_row *r, int column);
const char *db_text(const struct db_row *r, int column);	/* "" for no value */

/* The number of the row that was last added. */
int64_t db_added(void);

/* A copy of the whole, into the file path, which must not be there.  Returns 0, or -1
 * with errno set. */
int db_copy(const char *path);

#endif
