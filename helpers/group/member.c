#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "err.h"
#include "file.h"
#include "group/member.h"
#include "proc.h"

enum { NEEDS_TEXT = 16 << 20 };

/* Names of packages that are not built yet though somebody needs them, since a
 * cycle had to begin somewhere: a line each. */
static int
put_without(struct buf *b, const struct group *g)
{
	const struct graph *graph = &g->graph;
	uint32_t e, u;
	char *late = calloc(graph->n + (size_t)1, 1);
	const char *s;
	int bad = !late;

	for (e = 0; e < graph->edges && !bad; e++)
		if (graph->kind[e] & EDGE_GONE && g->sched.state[graph->need[e]] != DONE)
			late[graph->need[e]] = 1;
	for (u = 0; u < graph->n && !bad; u++)
		if (late[u])
			for (s = g->row_of[u]->field[ROW_NAMES]; !bad; s++) {
				bad = buf_putc(b, *s && *s != ' ' ? *s : '\n') < 0;
				if (!*s)
					break;
			}
	free(late);
	return bad ? -1 : 0;
}

static int
put_file(int dir, const char *name, const char *text)
{
	struct buf b = { 0 };
	int r = -1;

	if (buf_puts(&b, text) == 0 && buf_putc(&b, '\n') == 0)
		r = file_put(dir, name, b.s, b.len);
	buf_free(&b);
	return r;
}

static int
put_number(int dir, const char *name, uint64_t n)
{
	char text[32];

	snprintf(text, sizeof(text), "%" PRIu64, n);
	return put_file(dir, name, text);
}

/* What the unit wants of a machine, as the plan has it: one that an older version made has
 * nothing of that. */
static int
put_needs(const struct group *g, const char *unit, int dir)
{
	struct buf all = { 0 };
	const char *line, *found = NULL;
	char *text = NULL;
	size_t n = strlen(unit);
	int r;

	if (file_get(g->dir, "needs", NEEDS_TEXT, &all) < 0 && errno != ENOENT)
		return -1;
	for (line = all.len ? all.s : ""; *line && !found; line += line[strcspn(line, "\n")] ?
	    strcspn(line, "\n") + 1 : strcspn(line, "\n"))
		if (!strncmp(line, unit, n) && line[n] == '\t')
			found = line + n + 1;
	if (found)
		text = strndup(found, strcspn(found, "\n"));
	r = found && !text ? -1 : put_file(dir, "needs", text ? text : "{}");
	free(text);
	buf_free(&all);
	return r;
}

static int
put_files(const struct group *g, const struct row *row, uint64_t jobs, int dir)
{
	const char *mods = row->field[ROW_MODIFIERS];
	struct buf b = { 0 };
	int r = -1;

	if (put_file(dir, "unit", row->field[ROW_UNIT]) < 0 ||
	    put_file(dir, "bundle", row->field[ROW_DIR]) < 0 ||
	    put_file(dir, "branch", g->branch.s) < 0 ||
	    put_file(dir, "modifiers", strcmp(mods, "-") ? mods : "") < 0 ||
	    put_needs(g, row->field[ROW_UNIT], dir) < 0 ||
	    put_number(dir, "jobs", jobs) < 0 ||
	    put_number(dir, "began", (uint64_t)time(NULL)) < 0)
		return -1;
	if (symlinkat("../../conf", dir, "conf") < 0 && errno != EEXIST)
		return -1;
	if (!g->broken)
		return 0;
	if (put_without(&b, g) == 0)
		r = file_put(dir, "without", b.s ? b.s : "", b.len);
	buf_free(&b);
	return r;
}

/* The folder, which is new unless a build in it did not come to its end. */
static int
make_folder(const struct group *g, const char *run)
{
	char *code;
	int ended;

	if (asprintf(&code, "%s/code", run) < 0)
		return -1;
	ended = faccessat(g->dir, code, F_OK, AT_SYMLINK_NOFOLLOW) == 0;
	free(code);
	if (ended && store_remove(g->dir, run) < 0)
		return -1;
	return mkdirat(g->dir, run, 0755) < 0 && errno != EEXIST ? -1 : 0;
}

struct member *
member_new(const struct group *g, uint32_t u, uint64_t jobs, char **path)
{
	const struct row *row = g->row_of[u];
	struct member *m = calloc(1, sizeof(*m));
	int dir = -1, r, err;

	*path = group_run(row->field[ROW_UNIT], "");
	if (!m)
		return NULL;
	m->unit = u;
	m->pid = m->pidfd = m->tokens.fd = -1;
	m->run = group_run(row->field[ROW_UNIT], "");
	r = make_folder(g, m->run);
	if (r == 0)
		dir = openat(g->dir, m->run, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	r = dir < 0 ? -1 : put_files(g, row, jobs, dir);
	err = errno;
	if (dir >= 0)
		close(dir);
	if (r == 0)
		return m;
	member_free(m);
	errno = err;
	return NULL;
}

static int
open_for(const struct group *g, const struct member *m, const char *name)
{
	char *path;
	int fd;

	if (asprintf(&path, "%s/%s", m->run, name) < 0)
		return -1;
	fd = openat(g->dir, path, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0644);
	free(path);
	return fd;
}

/* Becomes the program; what is said here goes to the file err. */
static void __attribute__((noreturn))
become(const struct member *m, const struct group *g, const char *prog, rlim_t nofile,
    const int fd[3], pid_t parent)
{
	char *folder, *argv[] = { NULL, NULL, NULL };
	struct rlimit limit;
	int i;

	for (i = 0; i < 3; i++)
		if (dup2(fd[i], i) < 0)
			_exit(EX_OSERR);
	if (setsid() < 0 || prctl(PR_SET_PDEATHSIG, SIGTERM) < 0)
		die_sys(EX_OSERR, "%s", group_unit(g, m->unit));
	if (getppid() != parent)
		_exit(128 + SIGTERM);
	if (getrlimit(RLIMIT_NOFILE, &limit) == 0) {
		limit.rlim_cur = nofile;
		setrlimit(RLIMIT_NOFILE, &limit);
	}
	proc_signals_default();
	argv[0] = strdup(prog);
	if (!argv[0] || asprintf(&folder, "%s/%s", g->path, m->run) < 0)
		die_sys(EX_OSERR, "%s", group_unit(g, m->unit));
	argv[1] = folder;
	execvp(prog, argv);
	die_sys(errno == ENOENT ? EX_NOTFOUND : EX_CANNOTRUN, "%s: cannot start %s",
	    group_unit(g, m->unit), prog);
}

int
member_start(struct member *m, const struct group *g, const char *prog, rlim_t nofile)
{
	int fd[3], i, err;
	pid_t parent = getpid();

	fd[0] = open("/dev/null", O_RDONLY | O_CLOEXEC);
	fd[1] = open_for(g, m, "out");
	fd[2] = open_for(g, m, "err");
	if (fd[0] >= 0 && fd[1] >= 0 && fd[2] >= 0)
		m->pid = fork();
	if (m->pid == 0)
		become(m, g, prog, nofile, fd, parent);
	if (m->pid > 0)
		m->pidfd = (int)syscall(SYS_pidfd_open, m->pid, 0);
	err = errno;
	if (m->pid > 0 && m->pidfd < 0) {
		kill(m->pid, SIGKILL);
		waitpid(m->pid, NULL, 0);
	}
	for (i = 0; i < 3; i++)
		if (fd[i] >= 0)
			close(fd[i]);
	errno = err;
	return m->pidfd < 0 ? -1 : 0;
}

int
member_end(struct member *m, const struct group *g, int *code)
{
	siginfo_t si = { 0 };
	char *path;
	char text[32];
	int r;

	if (waitid(P_PIDFD, (id_t)m->pidfd, &si, WEXITED | WNOWAIT) < 0)
		return -1;
	/* What it leaves behind has nobody who would end it.  Its number is not given
	 * to another before it is reaped. */
	if (si.si_code != CLD_EXITED)
		kill(-m->pid, SIGTERM);
	waitid(P_PIDFD, (id_t)m->pidfd, &si, WEXITED);
	*code = si.si_code == CLD_EXITED ? si.si_status : 128 + si.si_status;
	if (asprintf(&path, "%s/code", m->run) < 0)
		return -1;
	snprintf(text, sizeof(text), "%d\n", *code);
	r = file_put(g->dir, path, text, strlen(text));
	free(path);
	return r;
}

void
member_signal(struct member *m, int sig)
{
	/* It may have no process group of its own yet. */
	if (kill(-m->pid, sig) < 0)
		syscall(SYS_pidfd_send_signal, m->pidfd, sig, NULL, 0);
}

char *
member_job(const struct group *g, const char *unit)
{
	char *path = group_run(unit, "/job"), *job = NULL;
	struct buf b = { 0 };

	if (file_get(g->dir, path, STORE_TEXT, &b) == 0 && b.len) {
		b.s[strcspn(b.s, "\n")] = '\0';
		if (store_name_ok(b.s))
			job = strdup(b.s);
	}
	free(path);
	buf_free(&b);
	return job;
}

void
member_free(struct member *m)
{
	free(m->run);
	if (m->pidfd >= 0)
		close(m->pidfd);
	free(m);
}
