#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "err.h"
#include "opt.h"
#include "plain.h"

static const char *name = "aoinb";

void
err_name(const char *argv0)
{
	const char *slash;

	if (!argv0 || !*argv0)
		return;
	slash = strrchr(argv0, '/');
	name = slash ? slash + 1 : argv0;
}

static void
say(const char *sys, const char *fmt, va_list ap)
{
	char line[4096];
	size_t len, room = sizeof(line) - 1;
	int n;

	len = (size_t)snprintf(line, room, "%s: ", name);
	if (len < room) {
		n = vsnprintf(line + len, room - len, fmt, ap);
		len += n < 0 ? 0 : (size_t)n;
	}
	if (sys && len < room)
		len += (size_t)snprintf(line + len, room - len, ": %s", sys);
	if (len > room - 1)
		len = room - 1;
	line[len] = '\0';
	plain_urls(line);
	plain_line(line);
	len = strlen(line);
	line[len++] = '\n';
	if (write(STDERR_FILENO, line, len) < 0)
		return; /* there is nowhere left to say so */
}

#define SAY(sys) do {			\
	va_list ap;			\
	int err = errno;		\
	va_start(ap, fmt);		\
	say(sys, fmt, ap);		\
	va_end(ap);			\
	errno = err;			\
} while (0)

void
warn_msg(const char *fmt, ...)
{
	SAY(NULL);
}

void
warn_sys(const char *fmt, ...)
{
	SAY(strerror(err));
}

void
die(int code, const char *fmt, ...)
{
	SAY(NULL);
	exit(code);
}

void
die_sys(int code, const char *fmt, ...)
{
	SAY(strerror(err));
	exit(code);
}

int
err_code(int err)
{
	switch (err) {
	case EBADMSG: case EILSEQ: case EISDIR: case ELOOP: case ENAMETOOLONG:
		return EX_DATAERR;
	case ENOENT: case ENOTDIR:
		return EX_NOINPUT;
	case ENODEV: case ENOSYS: case EOPNOTSUPP:
		return EX_UNAVAILABLE;
	case EEXIST: case EROFS:
		return EX_CANTCREAT;
	case EDQUOT: case EFBIG: case EIO: case ENOSPC:
		return EX_IOERR;
	case EWOULDBLOCK:
		return EX_TEMPFAIL;
	case EACCES: case EPERM:
		return EX_NOPERM;
	}
	return EX_OSERR;
}

int
err_lowest(int a, int b)
{
	return !a ? b : !b ? a : a < b ? a : b;
}

void
note(const char *fmt, ...)
{
	if (opt_verbose)
		SAY(NULL);
}
