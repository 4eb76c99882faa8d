/* The cache of verified files.  cache_enter makes it the working folder; every
 * path here is relative to that.
 *
 *   ALGO/HEX          a file whose digest is HEX
 *   url/KEY           the file of a URL that came without a digest, KEY being
 *   url/KEY.meta      the URL's SHA-256; and what its server said of it
 *   part/ lock/ stamp/  what is under way; who does it; what was verified
 *
 * The time of a stamp is that when its file was last asked for: touching the file
 * itself would change its ctime, by which we see that it is untouched.
 *
 * Files arrive by rename and never change after. */
#ifndef FETCH_CACHE_H
#define FETCH_CACHE_H

#include <time.h>

#include "digest.h"
#include "fetch/meta.h"
#include "fetch/source.h"

/* One file of the cache. */
struct entry {
	char key[32 + DIGEST_HEX];	/* its name in part, lock and stamp */
	char path[32 + DIGEST_HEX];
	char meta[40 + DIGEST_HEX];	/* where its meta lies; "" for none */
	char hex[DIGEST_HEX];	/* the digest it must have; "" when unknown */
	const struct algo *algo;	/* of that digest */
	const struct source *src;	/* whose it is, or NULL */
	long long size;		/* bytes, once found or fetched */
};

/* Makes what is missing and goes there (with dry: only goes there).  Returns
 * 0, or -1 with errno set. */
int cache_enter(const char *dir, int dry);

/* The i-th of the folders that a cache may have, NULL behind the last. */
const char *cache_folder(size_t i);

/* Names the entry of a source, which must outlive it.  Returns 0, or -1 with
 * errno set. */
int cache_entry(struct entry *e, const struct source *s);

/* Names the entry of a file that is there, called name in algo's folder; or with
 * algo NULL in url/, when its digest is not known yet. */
void cache_entry_named(struct entry *e, const struct algo *algo,
    const char *name);

/* What names this boot of the machine; "" when that cannot be told. */
const char *cache_boot(void);

/* Looks for e.  A file verified in this boot and untouched since (size, inode
 * and ctime agree with its stamp) is trusted; any other is read and its digest
 * compared.  For an entry with meta, reads that into m first and takes e->hex
 * from it.  Returns 1 when it is there and good, 0 when it is not there; -1
 * with errno EBADMSG when its digest is wrong, or another errno. */
int cache_find(struct entry *e, struct meta *m);

/* Says that the file at e->path was verified just now, and for whom.  Failure is
 * harmless: the file will be read again. */
void cache_stamp(const struct entry *e);

/* What the stamp of e remembers: when e was last asked for, and, unless src is
 * NULL, as what (url and name are set if it knows).  No stamp changes nothing.
 * Returns 0, or -1 with errno set. */
int cache_recall(const struct entry *e, struct source *src,
    struct timespec *used);

/* Reads e whatever its stamp says; that stays as old as it was.  Returns 1 when
 * it is good, 0 when not, -1 with errno set; e->hex "" is never good. */
int cache_verify(const struct entry *e, const struct timespec *used);

/* Removes a file that cache_find found wrong.  The caller holds the lock. */
int cache_remove(const struct entry *e);

/* The lock of key, held until cache_unlock or the end of the process.  Returns
 * a descriptor, or -1 with errno set: EWOULDBLOCK when somebody else has it. */
int cache_lock(const char *key);
void cache_unlock(const char *key, int fd);

#endif
