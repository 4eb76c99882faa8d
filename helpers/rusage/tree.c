#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "buf.h"
#include "rusage/tree.h"

/* The children that one thread of parent has made. */
static int
add_children(struct tree *t, int task, const char *tid, pid_t parent)
{
	struct buf b = { 0 };
	char path[64], *s, *end;
	int fd, r;
	long pid;

	snprintf(path, sizeof(path), "%.32s/children", tid);
	fd = openat(task, path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return -1;
	r = buf_read(&b, fd, 1 << 24);
	close(fd);
	for (s = b.s; r == 0 && s && (pid = strtol(s, &end, 10)) > 0; s = end)
		r = vec_push(t, (struct tree_proc){ (pid_t)pid, parent });
	buf_free(&b);
	return r;
}

static int
add_below(struct tree *t, pid_t parent)
{
	char path[64];
	struct dirent *e;
	DIR *d;
	int r = 0;

	snprintf(path, sizeof(path), "/proc/%d/task", (int)parent);
	d = opendir(path);
	if (!d)
		return -1;
	while (r == 0 && (e = readdir(d)))
		if (e->d_name[0] != '.')
			r = add_children(t, dirfd(d), e->d_name, parent);
	closedir(d);
	return r;
}

int
tree_list(struct tree *t, pid_t root)
{
	size_t i;

	t->len = 0;
	if (add_below(t, root) < 0)
		return -1;
	for (i = 0; i < t->len; i++)
		if (add_below(t, t->at[i].pid) < 0 && errno == ENOMEM)
			return -1;
	return 0;
}

void
tree_free(struct tree *t)
{
	vec_free(t);
}

/* Reads /proc/PID/FILE whole into s.  Returns its length, or -1. */
static ssize_t
proc_text(pid_t pid, const char *file, char *s, size_t room)
{
	char path[64];
	ssize_t n;
	int fd;

	snprintf(path, sizeof(path), "/proc/%d/%s", (int)pid, file);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return -1;
	n = read(fd, s, room - 1);
	close(fd);
	s[n < 0 ? 0 : n] = '\0';
	return n;
}

struct stat_line {
	int ppid;
	unsigned long long utime, stime, cutime, cstime, threads, rss;
};

/* proc(5).  The name, in parentheses, may hold anything. */
static int
proc_stat(pid_t pid, struct stat_line *st)
{
	char s[1024], *p;

	if (proc_text(pid, "stat", s, sizeof(s)) <= 0 || !(p = strrchr(s, ')')))
		return -1;
	return sscanf(p + 1, " %*c %d %*d %*d %*d %*d %*u %*u %*u %*u %*u %llu"
	    " %llu %llu %llu %*d %*d %llu %*d %*u %*u %llu", &st->ppid,
	    &st->utime, &st->stime, &st->cutime, &st->cstime, &st->threads,
	    &st->rss) == 7 ? 0 : -1;
}

void
tree_signal(int sig)
{
	struct tree t = { 0 };
	struct stat_line st;
	pid_t self = getpid();
	size_t i;
	int fd;

	if (tree_list(&t, self) < 0)
		t.len = 0;
	for (i = 0; i < t.len; i++) {
		fd = pidfd_open(t.at[i].pid, 0);
		if (fd < 0)
			continue;
		if (proc_stat(t.at[i].pid, &st) == 0 &&
		    (st.ppid == t.at[i].parent || st.ppid == self))
			pidfd_send_signal(fd, sig, NULL, 0);
		close(fd);
	}
	tree_free(&t);
}

int
tree_kill(struct cgroup *cg)
{
	int tries;

	for (tries = 0; tries < TREE_KILL_TRIES; tries++) {
		cgroup_kill(cg);
		tree_signal(SIGKILL);
		while (waitpid(-1, NULL, WNOHANG) > 0)
			;
		if (waitpid(-1, NULL, WNOHANG) < 0 && errno == ECHILD)
			return 0;
		nanosleep(&(struct timespec){ 0, TREE_KILL_MS * 1000000L }, NULL);
	}
	return -1;
}

int
tree_usage(struct tree_usage *u)
{
	struct tree t = { 0 };
	struct stat_line st;
	unsigned long long rd, wr;
	uint64_t tick_us = 1000000 / (uint64_t)sysconf(_SC_CLK_TCK);
	uint64_t page_kib = (uint64_t)sysconf(_SC_PAGESIZE) / 1024;
	char s[512], *p;
	size_t i;

	*u = (struct tree_usage){ 0 };
	if (tree_list(&t, getpid()) < 0) {
		tree_free(&t);
		return -1;
	}
	for (i = 0; i < t.len; i++) {
		if (proc_stat(t.at[i].pid, &st) < 0)
			continue;
		u->user_us += (st.utime + st.cutime) * tick_us;
		u->sys_us += (st.stime + st.cstime) * tick_us;
		u->rss_kib += st.rss * page_kib;
		u->tasks += st.threads;
		if (proc_text(t.at[i].pid, "io", s, sizeof(s)) > 0 &&
		    (p = strstr(s, "\nread_bytes:")) && sscanf(p,
		    " read_bytes: %llu write_bytes: %llu", &rd, &wr) == 2) {
			u->read_bytes += rd;
			u->write_bytes += wr;
		}
	}
	tree_free(&t);
	return 0;
}
