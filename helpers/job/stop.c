#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <unistd.h>

#include "err.h"
#include "file.h"
#include "job/args.h"
#include "job/find.h"
#include "opt.h"
#include "vec.h"

/* How long each signal may take; a group gives its builds 10 seconds. */
enum { INT_MS = 30000, TERM_MS = 10000, TICK_MS = 100 };

struct process {
	pid_t pid, parent, group;
	int holds;		/* it has the lock open */
};

struct processes { VEC(struct process); };

/* Whether the process has the file open. */
static int
has_open(const char *pid, const struct stat *lock)
{
	char path[64];
	struct dirent *e;
	struct stat st;
	int found = 0;
	DIR *d;

	snprintf(path, sizeof(path), "/proc/%.20s/fd", pid);
	d = opendir(path);
	if (!d)
		return 0;
	while (!found && (e = readdir(d)))
		found = fstatat(dirfd(d), e->d_name, &st, 0) == 0 &&
		    st.st_dev == lock->st_dev && st.st_ino == lock->st_ino;
	closedir(d);
	return found;
}

/* Parent and process group out of /proc/PID/stat: behind the name, which may hold
 * anything but is followed by the last ')'. */
static int
look(const char *name, struct process *p)
{
	char path[64];
	struct buf b = { 0 };
	const char *s;
	int parent, group, r = -1;

	snprintf(path, sizeof(path), "/proc/%.20s/stat", name);
	if (file_get(AT_FDCWD, path, 4096, &b) == 0 && b.s && (s = strrchr(b.s, ')')) &&
	    sscanf(s + 1, " %*c %d %d", &parent, &group) == 2) {
		p->pid = atoi(name);
		p->parent = parent;
		p->group = group;
		r = 0;
	}
	buf_free(&b);
	return r;
}

static void
read_processes(struct processes *all, const struct stat *lock)
{
	struct process p;
	struct dirent *e;
	DIR *d = opendir("/proc");

	if (!d)
		die_sys(EX_UNAVAILABLE, "/proc");
	all->len = 0;
	while ((e = readdir(d))) {
		if (strspn(e->d_name, "0123456789") != strlen(e->d_name) || look(e->d_name, &p) < 0)
			continue;
		p.holds = p.pid != getpid() && has_open(e->d_name, lock);
		sure(vec_push(all, p));
	}
	closedir(d);
}

static const struct process *
by_pid(const struct processes *all, pid_t pid)
{
	size_t i;

	for (i = 0; i < all->len; i++)
		if (all->at[i].pid == pid)
			return &all->at[i];
	return NULL;
}

/* Whether p holds the lock, or what it comes from does, within one process group: those
 * to whom Ctrl-C would go. */
static int
is_of_holder(const struct processes *all, const struct process *p)
{
	const struct process *up = p;
	int depth;

	for (depth = 0; up && up->group == p->group && depth < 64; depth++) {
		if (up->holds)
			return 1;
		up = by_pid(all, up->parent);
	}
	return 0;
}

/* Sends sig to them.  Returns how many there are. */
static int
signal_all(const struct stat *lock, int sig)
{
	struct processes all = { 0 };
	size_t i;
	int n = 0;

	read_processes(&all, lock);
	for (i = 0; i < all.len; i++)
		if (is_of_holder(&all, &all.at[i])) {
			note("signal %d to process %d", sig, (int)all.at[i].pid);
			if (kill(all.at[i].pid, sig) < 0 && errno == EPERM)
				die_sys(EX_NOPERM, "process %d", (int)all.at[i].pid);
			n++;
		}
	vec_free(&all);
	return n;
}

/* Whether it has ended within ms. */
static int
has_ended(struct args *a, enum job_kind kind, const char *path, int ms)
{
	int running;

	for (; (running = job_running(&a->store, kind, id_of(path))) > 0 && ms > 0; ms -= TICK_MS)
		poll(NULL, 0, TICK_MS);
	if (running < 0)
		die_sys(err_code(errno), "%s", path);
	return !running;
}

int
verb_stop(struct args *a)
{
	char path[JOB_PATH], lock[JOB_PATH + 16];
	enum job_kind kind;
	struct stat st;

	a->any = 1;
	find(a, a->operand[0], path);
	kind = strcmp(kind_word(path), "job") ? GROUP : JOB;
	if (job_running(&a->store, kind, id_of(path)) == 0)
		die(EX_NO, "%s %s does not run; \"aoinb status\" shows what does", kind_word(path), id_of(path));
	if (geteuid() != 0)
		die(EX_NOPERM, "stop: needs root; try: sudo aoinb stop %s", id_of(path));
	snprintf(lock, sizeof(lock), "lock/%s.%s", job_class(kind), id_of(path));
	if (fstatat(a->store.dir, lock, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return errno == ENOENT ? 0 : (warn_sys("%s/%s", a->work_dir, lock), err_code(errno));
	if (opt_dry)
		return 0;
	if (!signal_all(&st, SIGINT) && !has_ended(a, kind, path, TICK_MS))
		die(EX_UNAVAILABLE, "%s %s: what runs it is not to be seen from here: it is in another container or machine", kind_word(path), id_of(path));
	if (has_ended(a, kind, path, INT_MS))
		return 0;
	warn_msg("%s %s has not ended after %d seconds; it is terminated", kind_word(path), id_of(path), INT_MS / 1000);
	signal_all(&st, SIGTERM);
	if (has_ended(a, kind, path, TERM_MS))
		return 0;
	warn_msg("%s %s still runs", kind_word(path), id_of(path));
	return EX_TEMPFAIL;
}
