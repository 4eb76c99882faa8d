#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "err.h"
#include "file.h"
#include "layer/cmd.h"
#include "parse.h"

enum { TAKE_MOST = 64 << 20 };

/* A regular file.  It is looked at before it is opened, as that can be enough to make a
 * device do something, or a reader wait. */
static int
open_regular(const char *folder, const char *name)
{
	int dir = open(folder, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC), at = -1, fd;
	char path[32];
	struct stat st;

	if (dir >= 0)
		at = openat(dir, name, O_PATH | O_NOFOLLOW | O_CLOEXEC);
	close_keep(dir);
	if (at < 0)
		return -1;
	if (fstat(at, &st) < 0 || !S_ISREG(st.st_mode)) {
		close(at);
		errno = ELOOP;
		return -1;
	}
	snprintf(path, sizeof(path), "/proc/self/fd/%d", at);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	close_keep(at);
	return fd;
}

static int
copy(int fd, uint64_t most, struct buf *out)
{
	char text[1 << 16];
	ssize_t n = 1;

	while (n > 0 && most) {
		n = read(fd, text, most < sizeof(text) ? most : sizeof(text));
		if (n < 0 && errno == EINTR)
			n = 1;
		else if (n > 0 && buf_put(out, text, (size_t)n) < 0)
			n = -1;
		else if (n > 0)
			most -= (uint64_t)n;
	}
	return n < 0 ? -1 : 0;
}

int
verb_take(struct cmd *c)
{
	const char *folder = c->arg[0], *name = c->arg[1];
	int fd, r;
	uint64_t most;

	if (parse_uint(c->arg[2], 1, TAKE_MOST, &most) < 0)
		die(EX_USAGE, "%s: not a number from 1 to %d", c->arg[2], TAKE_MOST);
	if (!store_name_ok(name))
		die(EX_USAGE, "%s: not the name of a file", name);
	fd = open_regular(folder, name);
	if (fd < 0 && errno == ENOENT)
		return 0;
	if (fd < 0 && errno == ELOOP) {
		warn_msg("%s/%s: not a regular file", folder, name);
		return EX_DATAERR;
	}
	r = fd < 0 ? -1 : copy(fd, most, &c->out);
	if (r < 0) {
		warn_sys("%s/%s", folder, name);
		r = err_code(errno);
		buf_free(&c->out);
	}
	close_keep(fd);
	return r ? r : print(&c->out);
}
