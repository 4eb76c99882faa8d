#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "err.h"
#include "file.h"
#include "landlock.h"
#include "proc.h"
#include "unpack/squash.h"

/* What unsquashfs says on its standard error, as far as there is room; a bad image
 * makes it say much. */
static struct {
	int fd;			/* where it is read from */
	char s[4096];
	size_t len;
	pthread_t reader;
} said;

static void *
hear(void *unused)
{
	char rest[1024];
	ssize_t n;

	for (;;) {
		int room = said.len < sizeof(said.s) - 1;

		n = room ? read(said.fd, said.s + said.len, sizeof(said.s) - 1 - said.len) :
		    read(said.fd, rest, sizeof(rest));
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return unused;
		said.len += room ? (size_t)n : 0;
	}
}

/* Returns where unsquashfs is to say what it has to, or -1 with errno set; hear_end
 * then waits until it has. */
static int
hear_begin(void)
{
	int p[2];

	said.len = 0;
	if (pipe2(p, O_CLOEXEC) < 0)
		return -1;
	said.fd = p[0];
	errno = pthread_create(&said.reader, NULL, hear, NULL);
	if (!errno)
		return p[1];
	close_keep(p[0]);
	close_keep(p[1]);
	return -1;
}

static void
hear_end(void)
{
	pthread_join(said.reader, NULL);
	close_keep(said.fd);
	said.s[said.len] = '\0';
}

const char *
squash_said(void)
{
	char *fatal = strstr(said.s, "FATAL ERROR"), *line = said.s;

	if (fatal) {
		line = fatal + strlen("FATAL ERROR");
		line += strspn(line, ":- ");
	}
	line[strcspn(line, "\n")] = '\0';
	return line;
}

/* Becomes unsquashfs.  The image is named by its descriptor, so that what was
 * looked at is what is unpacked. */
static void __attribute__((noreturn))
become(int fd, int out, int err, int dir, char *argv[], char *image, size_t room)
{
	snprintf(image, room, "/proc/self/fd/%d", fd);
	if (fcntl(fd, F_SETFD, 0) < 0 || dup2(out, STDOUT_FILENO) < 0 ||
	    dup2(err, STDERR_FILENO) < 0)
		die_sys(EX_OSERR, "unsquashfs");
	if (dir >= 0 && fchdir(dir) < 0)
		die_sys(EX_OSERR, "unsquashfs");
	/* On kernels that cannot do this only unsquashfs's own checks of names
	 * stand. */
	if (dir >= 0 && landlock_write_only(dir, LANDLOCK_EXEC) < 0)
		die_sys(EX_OSERR, "confine unsquashfs");
	proc_signals_default();
	proc_become(argv);
}

/* Starts it; hear_end is called once it has ended. */
static pid_t
start(int fd, int out, int dir, char *option)
{
	char image[32], *list[] = { "unsquashfs", "-d", ".", option, image, NULL };
	char *write[] = { "unsquashfs", "-d", ".", "-f", "-n", option, image,
	    NULL };
	pid_t parent = getpid(), pid;
	int err = hear_begin();

	if (err < 0)
		return -1;
	pid = fork();
	if (pid != 0) {
		close_keep(err);
		if (pid < 0)
			hear_end();
		return pid;
	}
	if (proc_die_with(parent) < 0)
		die_sys(EX_OSERR, "unsquashfs");
	become(fd, out, err, dir, dir < 0 ? list : write, image, sizeof(image));
}

static int
wait_for(pid_t pid)
{
	hear_end();
	return proc_wait(pid);
}

/* "drwxr-xr-x 0/0   24 2026-11-22 11:32 ./a"; -1 for any other line, such as the
 * second half of a name with a newline in it. */
static int
parse(char *line, struct entry *e)
{
	static const char bits[] = "rwxrwxrwx";
	unsigned uid, gid, major, minor;
	unsigned long long size = 0;
	char *p;
	int i, at = 0;

	if (strlen(line) < 11 || !strchr("-dlpcbs", line[0]))
		return -1;
	if (sscanf(line + 10, "%u/%u %u,%u %*s %*s%n", &uid, &gid, &major,
	    &minor, &at) < 4 &&
	    sscanf(line + 10, "%u/%u %llu %*s %*s%n", &uid, &gid, &size, &at) < 3)
		return -1;
	if (!at)
		return -1;
	p = line + 10 + at;
	*e = (struct entry){ .type = line[0], .uid = uid, .gid = gid,
	    .size = (int64_t)size, .path = *p ? p + 1 : p };
	if (e->type == '-')
		e->type = 'f';
	if (e->type == 's')
		e->type = '?';
	for (i = 0; i < 9; i++)
		if (line[i + 1] == bits[i] || strchr("st", line[i + 1]))
			e->mode |= 0400U >> i;
	for (i = 0; i < 3; i++)
		if (strchr("sStT", line[3 * i + 3]))
			e->mode |= 04000U >> i;
	if (e->type == 'l' && (p = strstr(p, " -> "))) {
		*p = '\0';
		e->link = p + 4;
	}
	return 0;
}

static int
each_line(FILE *f, int (*seen)(void *arg, const struct entry *e), void *arg)
{
	struct entry e;
	char *line = NULL;
	size_t room = 0;
	ssize_t n;
	int r = 0;

	while (r == 0 && (n = getline(&line, &room, f)) > 0) {
		if (line[n - 1] == '\n')
			line[n - 1] = '\0';
		if (parse(line, &e) == 0)
			r = seen(arg, &e);
	}
	free(line);
	return r;
}

int
squash_list(int fd, int (*seen)(void *arg, const struct entry *e), void *arg)
{
	int p[2], r, err, code;
	pid_t pid;
	FILE *f;

	if (pipe2(p, O_CLOEXEC) < 0)
		return -1;
	pid = start(fd, p[1], -1, "-lln");
	close_keep(p[1]);
	f = pid < 0 ? NULL : fdopen(p[0], "r");
	if (!f) {
		close_keep(p[0]);
		return -1;
	}
	r = each_line(f, seen, arg);
	err = errno;
	fclose(f);	/* where we stopped early, this ends unsquashfs */
	code = wait_for(pid);
	errno = err;
	return r < 0 ? -1 : code;
}

int
squash_unpack(int fd, int dir, int own)
{
	int out = open("/dev/null", O_WRONLY | O_CLOEXEC), code;
	pid_t pid;

	if (out < 0)
		return -1;
	pid = start(fd, out, dir, own ? "-x" : "-user-xattrs");
	close_keep(out);
	code = pid < 0 ? -1 : wait_for(pid);
	return code;
}
