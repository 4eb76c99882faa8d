#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "err.h"
#include "file.h"
#include "job/args.h"

void
print(struct buf *out)
{
	if (out->len && file_write(STDOUT_FILENO, out->s, out->len) < 0)
		die_sys(EX_IOERR, "standard output");
	buf_free(out);
}

void
print_last(struct buf *out)
{
	if (out->len && file_write(STDOUT_FILENO, out->s, out->len) < 0 && errno != EPIPE)
		warn_sys("standard output");
	buf_free(out);
}

void
sure(int r)
{
	if (r < 0)
		die_sys(EX_OSERR, "memory");
}

const char *
kind_word(const char *path)
{
	return strncmp(path, "groups/", 7) ? "job" : "group";
}

const char *
id_of(const char *path)
{
	return strchr(path, '/') + 1;
}

void
named(struct args *a, const char *arg, char path[JOB_PATH])
{
	if (job_named(&a->store, arg, path) < 0)
		die(EX_NOINPUT, "no such job: %s; \"aoinb ls jobs\" lists them", arg);
}

int
adopt(struct args *a, const char *path)
{
	int fd = lock_adopt(&a->store, kind_word(path), id_of(path), a->lock);

	if (fd >= 0)
		return fd;
	if (errno == EWOULDBLOCK)
		die(EX_TEMPFAIL, "%s %s is running", kind_word(path), id_of(path));
	if (errno == EBADF)
		die(EX_USAGE, "descriptor %d is not on the lock of %s %s", a->lock,
		    kind_word(path), id_of(path));
	die_sys(errno == EDEADLK ? EX_SOFTWARE : err_code(errno), "the lock of %s %s",
	    kind_word(path), id_of(path));
}
