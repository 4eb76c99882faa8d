#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/pidfd.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "err.h"
#include "file.h"
#include "job/git.h"
#include "landlock.h"
#include "proc.h"

enum {
	NOBODY = 65534,
	TIME_MS = 60000,
	TEXT = 64 << 20,	/* that git may print */
	PATH = 4096,
};

/* What of the repository's is data, and no program's name. */
static const char *const shared[] = {
	"objects", "refs", "packed-refs", "reftable", "shallow", "info",
};
enum { SHARED = sizeof(shared) / sizeof(*shared) };

static const char settings[] =
    "^(core\\.(filemode|autocrlf|eol|symlinks|ignorecase|trustctime|checkstat)"
    "|extensions\\.(objectformat|refstorage))$";

/* ---- finding it ---- */

/* What the one-line file of git's holds behind begin, seen from the folder in; NULL when
 * there is no such file. */
static char *
line_of(const char *in, const char *name, const char *begin)
{
	int dir = open(in, O_PATH | O_DIRECTORY | O_CLOEXEC);
	struct buf b = { 0 };
	char *path = NULL;
	size_t n = strlen(begin);

	if (dir >= 0 && file_get(dir, name, PATH, &b) == 0 && b.len > n &&
	    !strncmp(b.s, begin, n)) {
		b.s[strcspn(b.s, "\n")] = '\0';
		if (asprintf(&path, "%s%s%s", b.s[n] == '/' ? "" : in,
		    b.s[n] == '/' ? "" : "/", b.s + n) < 0)
			path = NULL;
	}
	buf_free(&b);
	close_keep(dir);
	return path;
}

/* Sets g->dir where g->top has a .git of root's, ours or owner's: somebody else may have
 * put one above the tree.  Returns 0; 1 where there is none; -1. */
static int
look(struct git *g, uid_t owner)
{
	struct stat st;
	char *at;
	int is;

	if (asprintf(&at, "%s/.git", g->top) < 0)
		return -1;
	is = stat(at, &st) == 0;
	if (is && S_ISREG(st.st_mode)) {
		free(at);
		at = line_of(g->top, ".git", "gitdir: ");
		is = at && stat(at, &st) == 0;
	}
	if (!is || !S_ISDIR(st.st_mode) ||
	    (st.st_uid && st.st_uid != owner && st.st_uid != geteuid())) {
		free(at);
		return 1;
	}
	g->dir = at;
	g->uid[0] = st.st_uid ? st.st_uid : NOBODY;
	g->gid[0] = st.st_uid ? st.st_gid : NOBODY;
	return 0;
}

/* The folder that git takes for the one that all work trees share: what is data is
 * that of the repository, by links. */
static int
make_mine(struct git *g)
{
	char from[PATH], to[PATH];
	size_t i;

	strcpy(g->mine, "/tmp/aoinb-git.XXXXXX");
	if (!mkdtemp(g->mine)) {
		*g->mine = '\0';
		return -1;
	}
	if (chmod(g->mine, 0755) < 0)
		return -1;
	for (i = 0; i < SHARED; i++) {
		snprintf(to, sizeof(to), "%s/%s", g->mine, shared[i]);
		if (snprintf(from, sizeof(from), "%s/%s", g->common, shared[i]) >=
		    (int)sizeof(from)) {
			errno = ENAMETOOLONG;
			return -1;
		}
		if (access(from, F_OK) == 0 && symlink(from, to) < 0)
			return -1;
	}
	return 0;
}

int
git_begin(struct git *g, const char *path)
{
	struct stat st;
	char *slash;
	int r;

	*g = (struct git){ .top = strdup(path), .users = 1 };
	if (!g->top || stat(path, &st) < 0)
		return -1;
	while ((r = look(g, st.st_uid)) == 1 && (slash = strrchr(g->top, '/')) && slash > g->top)
		*slash = '\0';
	if (r)
		return r;
	g->common = line_of(g->dir, "commondir", "");
	if (!g->common && !(g->common = strdup(g->dir)))
		return -1;
	if (geteuid()) {
		g->uid[0] = geteuid();
		g->gid[0] = getegid();
	} else {
		g->users = 2;	/* the second is root */
	}
	return make_mine(g);
}

void
git_end(struct git *g)
{
	char path[PATH];
	size_t i;

	if (*g->mine) {
		for (i = 0; i < SHARED; i++) {
			snprintf(path, sizeof(path), "%s/%s", g->mine, shared[i]);
			unlink(path);
		}
		snprintf(path, sizeof(path), "%s/config", g->mine);
		unlink(path);
		rmdir(g->mine);
	}
	free(g->top);
	free(g->dir);
	free(g->common);
	buf_free(&g->err);
	*g = (struct git){ 0 };
}

/* ---- running it ---- */

/* The whole environment.  Without repo, git has no repository at all. */
static void
environment(const struct git *g, int repo)
{
	const char *path = getenv("PATH");
	char *kept = path ? strdup(path) : NULL;

	clearenv();
	setenv("PATH", kept ? kept : "/usr/bin:/bin", 1);
	setenv("LC_ALL", "C.UTF-8", 1);
	setenv("HOME", "/nonexistent", 1);
	setenv("GIT_CONFIG_NOSYSTEM", "1", 1);
	setenv("GIT_CONFIG_GLOBAL", "/dev/null", 1);
	setenv("GIT_ATTR_NOSYSTEM", "1", 1);
	setenv("GIT_OPTIONAL_LOCKS", "0", 1);
	setenv("GIT_NO_LAZY_FETCH", "1", 1);
	setenv("GIT_ALLOW_PROTOCOL", "", 1);
	setenv("GIT_TERMINAL_PROMPT", "0", 1);
	setenv("GIT_ASKPASS", "/bin/false", 1);
	setenv("GIT_PAGER", "cat", 1);
	setenv("GIT_DIR", repo ? g->dir : "/dev/null", 1);
	if (repo) {
		setenv("GIT_COMMON_DIR", g->mine, 1);
		setenv("GIT_WORK_TREE", g->top, 1);
	}
}

/* Gives up what there is to give up.  Where the kernel has no Landlock, git is only told
 * to write nothing. */
static int
drop(const struct git *g)
{
	struct rlimit file = { TEXT, TEXT }, none = { 0, 0 };
	int mine = open(g->mine, O_PATH | O_DIRECTORY | O_CLOEXEC);

	if (mine < 0 || setrlimit(RLIMIT_FSIZE, &file) < 0 || setrlimit(RLIMIT_CORE, &none) < 0)
		return -1;
	if (geteuid() == 0 && (setgroups(0, NULL) < 0 ||
	    setresgid(g->gid[g->user], g->gid[g->user], g->gid[g->user]) < 0 ||
	    setresuid(g->uid[g->user], g->uid[g->user], g->uid[g->user]) < 0))
		return -1;
	if (landlock_write_only(mine, LANDLOCK_EXEC) < 0)
		return -1;
	return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
}

/* In the child: becomes git.  The kernel forgets a death signal when the user changes. */
static void __attribute__((noreturn))
become(const struct git *g, const char *const args[], int repo, int out, int err, pid_t parent)
{
	int null = open("/dev/null", O_RDONLY | O_CLOEXEC);

	if (null < 0 || dup2(null, 0) < 0 || dup2(out, 1) < 0 || dup2(err, 2) < 0 ||
	    setpgid(0, 0) < 0)
		_exit(EX_CANNOTRUN);
	close_range(3, ~0U, CLOSE_RANGE_CLOEXEC);
	proc_signals_default();
	environment(g, repo);
	if (drop(g) < 0 || proc_die_with(parent) < 0 || chdir(repo ? g->top : g->mine) < 0)
		_exit(EX_CANNOTRUN);
	execvp("git", (char **)args);
	_exit(errno == ENOENT ? EX_NOTFOUND : EX_CANNOTRUN);
}

static int
wait_for(pid_t pid)
{
	struct pollfd p = { .fd = pidfd_open(pid, 0), .events = POLLIN };
	int r, code;

	do
		r = p.fd < 0 ? -1 : poll(&p, 1, TIME_MS);
	while (r < 0 && p.fd >= 0 && errno == EINTR);
	close_keep(p.fd);
	if (r <= 0 && kill(-pid, SIGKILL) < 0)
		kill(pid, SIGKILL);
	code = proc_wait(pid);
	return r < 0 ? -1 : r == 0 ? EX_TIMEOUT : code;
}

static int
take(int fd, struct buf *b)
{
	b->len = 0;
	return lseek(fd, 0, SEEK_SET) < 0 || buf_read(b, fd, TEXT) < 0 || buf_puts(b, "") < 0 ?
	    -1 : 0;
}

static int
run(struct git *g, const char *const args[], int repo, struct buf *text)
{
	int out = memfd_create("git.out", MFD_CLOEXEC), err = memfd_create("git.err", MFD_CLOEXEC);
	pid_t parent = getpid(), pid = -1;
	int code = -1;

	if (out >= 0 && err >= 0)
		pid = fork();
	if (pid == 0)
		become(g, args, repo, out, err, parent);
	if (pid > 0)
		code = wait_for(pid);
	if (code >= 0 && (take(out, text) < 0 || take(err, &g->err) < 0))
		code = -1;
	close_keep(out);
	close_keep(err);
	return code;
}

int
git_ask(struct git *g, const char *const args[], struct buf *out)
{
	return run(g, args, 1, out);
}

/* ---- its configuration ---- */

static int
is_word(const char *s)
{
	for (; isalnum((unsigned char)*s); s++)
		;
	return !*s;
}

/* Adds the settings of text, "KEY\nVALUE\0" each, that are plain words. */
static int
put_settings(struct buf *b, const struct buf *text)
{
	const char *s, *key, *value;
	char name[64];

	for (s = text->s; s && s < text->s + text->len; s = value + strlen(value) + 1) {
		key = s;
		value = s + strcspn(s, "\n");
		if (!*value)	/* a key alone means true */
			continue;
		snprintf(name, sizeof(name), "%.*s", (int)(value - key), key);
		value++;
		if (!strchr(name, '.') || !is_word(value))
			continue;
		*strchr(name, '.') = '\0';
		if (buf_printf(b, "[%s]\n\t%s = %s\n", name, name + strlen(name) + 1, value) < 0)
			return -1;
	}
	return 0;
}

int
git_settle(struct git *g)
{
	char config[PATH], path[PATH];
	const char *const args[] = { "git", "config", "--file", config, "--no-includes", "-z",
	    "--get-regexp", settings, NULL };
	struct buf text = { 0 }, b = { 0 };
	int code, r = -1;

	snprintf(config, sizeof(config), "%s/config", g->common);
	snprintf(path, sizeof(path), "%s/config", g->mine);
	code = run(g, args, 0, &text);
	if (code == 0 || code == 1)	/* 1: there are none */
		r = buf_puts(&b, "[core]\n\trepositoryformatversion = 1\n\tbare = false\n"
		    "\tfsmonitor = false\n\thooksPath = /dev/null\n"
		    "\tuntrackedCache = false\n");
	if (r == 0)
		r = put_settings(&b, &text);
	if (r == 0)
		r = file_replace(path, b.s, b.len);
	if (r == 0)
		r = chmod(path, 0644);	/* whatever the umask */
	buf_free(&text);
	buf_free(&b);
	return r == 0 ? 0 : code > 1 ? code : -1;
}
