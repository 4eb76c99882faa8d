#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "file.h"
#include "rusage/record.h"

int
record_open(const char *path)
{
	struct stat st;
	int fd;

	/* O_NONBLOCK: a FIFO must not hold us. */
	fd = open(path, O_WRONLY | O_CREAT | O_APPEND | O_NONBLOCK | O_NOCTTY |
	    O_CLOEXEC, 0644);
	if (fd >= 0 && fstat(fd, &st) == 0 && S_ISREG(st.st_mode))
		return fd;
	if (fd >= 0) {
		close(fd);
		errno = EEXIST;
	}
	return -1;
}

int
record_check(const char *path)
{
	const char *slash = strrchr(path, '/');
	struct stat st;
	char *dir;
	int r;

	if (lstat(path, &st) == 0 && !S_ISREG(st.st_mode)) {
		errno = EEXIST;
		return -1;
	}
	dir = slash ? strndup(path, (size_t)(slash - path) + 1) : strdup(".");
	r = dir ? access(dir, W_OK | X_OK) : -1;
	free(dir);
	return r;
}

int
record_header(int fd)
{
	const char s[] = "elapsed_us,user_us,sys_us,mem_kib,tasks,read_bytes,"
	    "write_bytes,disk_used_kib,disk_free_kib,log_bytes\n";

	return ftruncate(fd, 0) < 0 ? -1 : file_write(fd, s, sizeof(s) - 1);
}

int
record_sample(int fd, uint64_t elapsed_us, const struct usage *u,
    const struct disk *d, uint64_t log_bytes)
{
	const uint64_t field[] = { elapsed_us, u->user_us, u->sys_us,
	    u->mem_kib, u->tasks, u->read_bytes, u->write_bytes, d->used_kib,
	    d->free_kib, log_bytes };
	const size_t n = sizeof(field) / sizeof(field[0]);
	struct buf b = { 0 };
	size_t i;
	int r = 0;

	for (i = 0; i < n && r == 0; i++) {
		if (field[i] != UNKNOWN)
			r = buf_printf(&b, "%" PRIu64, field[i]);
		if (r == 0)
			r = buf_putc(&b, i + 1 < n ? ',' : '\n');
	}
	if (r == 0)
		r = file_write(fd, b.s, b.len);
	buf_free(&b);
	return r;
}

static int
text(struct buf *b, const char *key, const char *value)
{
	return buf_printf(b, "%s=", key) < 0 || buf_shell(b, value) < 0 ||
	    buf_putc(b, '\n') < 0 ? -1 : 0;
}

static int
number(struct buf *b, const char *key, uint64_t n)
{
	return n == UNKNOWN ? 0 : buf_printf(b, "%s=%" PRIu64 "\n", key, n);
}

static int
put_end(struct buf *b, const struct plan *p, const struct result *r)
{
	int bad = text(b, "prog", p->argv[0]);

	bad |= number(b, "start", (uint64_t)r->start);
	if (WIFSIGNALED(r->status))
		bad |= number(b, "signal", (uint64_t)WTERMSIG(r->status));
	else
		bad |= number(b, "exit", (uint64_t)WEXITSTATUS(r->status));
	bad |= text(b, "verdict", r->verdict);
	return bad;
}

static int
put_usage(struct buf *b, const struct result *r, const struct meter *m)
{
	const struct usage *u = &m->last;
	int bad = number(b, "wall_us", r->wall_us);

	bad |= number(b, "user_us", u->user_us);
	bad |= number(b, "sys_us", u->sys_us);
	bad |= number(b, "cpu_us", u->cpu_us);
	if (u->cpu_us != UNKNOWN && r->wall_us)
		bad |= buf_printf(b, "parallel=%.3f\n",
		    (double)u->cpu_us / (double)r->wall_us);
	bad |= number(b, "maxrss_kib", m->maxrss_kib);
	bad |= number(b, "peak_kib", meter_peak_kib(m));
	bad |= number(b, "peak_tasks", meter_peak_tasks(m));
	bad |= number(b, "refused_tasks", meter_refused(m));
	bad |= number(b, "oom_kills", meter_oom_kills(m));
	bad |= number(b, "read_bytes", u->read_bytes);
	bad |= number(b, "write_bytes", u->write_bytes);
	return bad;
}

static int
put_disk(struct buf *b, const struct disk *d)
{
	int bad = number(b, "disk_start_kib", d->start_kib);

	bad |= number(b, "disk_end_kib", d->used_kib);
	bad |= number(b, "disk_peak_kib", d->peak_kib);
	bad |= number(b, "disk_free_min_kib", d->free_min_kib);
	bad |= number(b, "disk_folder_kib", d->folder_kib);
	return bad;
}

int
record_write(const char *path, const struct plan *p, const struct result *r,
    const struct meter *m, const struct disk *d)
{
	struct buf b = { 0 };
	int bad = put_end(&b, p, r);

	bad |= put_usage(&b, r, m);
	bad |= put_disk(&b, d);
	bad |= number(&b, "samples", r->samples);
	bad |= number(&b, "log_bytes", r->log_bytes);
	bad |= number(&b, "log_missing", r->log_missing);
	bad |= text(&b, "source", meter_source(m));
	bad |= buf_puts(&b, "source_detail=");
	bad |= meter_detail(m, &b);
	bad |= buf_putc(&b, '\n');
	if (!bad)
		bad = file_replace(path, b.s, b.len);
	buf_free(&b);
	return bad;
}
