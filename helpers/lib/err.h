/* What a helper says when something fails: one line on stderr, then an exit
 * code out of sysexits(3) as told in aoinb-exit(7). */
#ifndef AOINB_ERR_H
#define AOINB_ERR_H

#include <stdarg.h>
#include <sysexits.h>

/* Exit codes beside those of sysexits(3). */
enum {
	EX_NO = 1,		/* the answer is no */
	EX_DISKFULL = 122,	/* killed for want of disk space */
	EX_OOM = 123,		/* out of memory */
	EX_TIMEOUT = 124,	/* past a time limit */
	EX_SILENT = 125,	/* killed for silence */
	EX_CANNOTRUN = 126,	/* found, but cannot be executed */
	EX_NOTFOUND = 127,	/* no such program */
};

/* The name errors begin with: the last component of argv[0].  main() calls
 * this before anything else. */
void err_name(const char *argv0);

/* "NAME: MESSAGE\n" in one write.  What is not printed by a terminal is shown as '?',
 * so that hostile names cannot reach it, and URLs are without user and password; see
 * plain.h.  errno is kept. */
void warn_msg(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* "NAME: MESSAGE: STRERROR(errno)\n".  errno is kept. */
void warn_sys(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* The same, then exit(code). */
void die(int code, const char *fmt, ...)
    __attribute__((format(printf, 2, 3), noreturn));
void die_sys(int code, const char *fmt, ...)
    __attribute__((format(printf, 2, 3), noreturn));

/* The exit code that goes with an errno, for a path that a user named or data
 * that was read: 65 for what is not fit (EBADMSG, EISDIR, ELOOP ...), 66 for what is
 * not there, 69 for what the machine cannot do, 73 for what cannot be made, 74 for
 * a disk that fails or is full, 75 for a lock that is held (EWOULDBLOCK), 77 for
 * what is not allowed, and 71 for anything else.  Where a folder to write in
 * is missing, or a file is in the way, the caller says EX_CANTCREAT himself. */
int err_code(int err);

/* The exit code of two deeds: the lowest that is no success, for codes go from
 * what only an author can mend to what time may. */
int err_lowest(int a, int b);

/* warn_msg, but only when -v was given (opt_verbose). */
void note(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

#endif
