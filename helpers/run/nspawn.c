#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include "buf.h"
#include "err.h"
#include "file.h"
#include "mnt.h"
#include "opt.h"
#include "proc.h"
#include "run/confine.h"
#include "run/etc.h"
#include "run/fs.h"
#include "run/nspawn.h"

/* nspawn's own place; covered by a tmpfs, it cannot be left untidy. */
#define STATE "/run/systemd/nspawn"
#define HOSTS STATE "/aoinb/hosts"
#define RESOLV STATE "/aoinb/resolv.conf"

/* Of what nspawn would leave to PROG, what the native back end does not. */
#define DROP "CAP_AUDIT_CONTROL,CAP_DAC_READ_SEARCH,CAP_IPC_OWNER,CAP_LEASE," \
	"CAP_LINUX_IMMUTABLE,CAP_MKNOD,CAP_NET_ADMIN,CAP_NET_BROADCAST," \
	"CAP_NET_RAW,CAP_SYS_ADMIN,CAP_SYS_BOOT,CAP_SYS_NICE,CAP_SYS_PTRACE," \
	"CAP_SYS_RESOURCE,CAP_SYS_TTY_CONFIG"

struct words { VEC(char *); };

static void
add(struct words *w, const char *fmt, ...)
{
	va_list ap;
	char *s;

	va_start(ap, fmt);
	if (vasprintf(&s, fmt, ap) < 0 || vec_push(w, s) < 0)
		die_sys(EX_OSERR, "memory");
	va_end(ap);
}

/* env(1) gives PROG our environment and nothing of nspawn's.  sh(1) stays, as
 * nspawn has one exit code for every death by a signal. */
static void
words_prog(struct words *w, const struct run *r)
{
	char **p;

	add(w, "/bin/sh");
	add(w, "-c");
	add(w, "\"$@\"; exit $?");
	add(w, "sh");
	add(w, "env");
	add(w, "-i");
	for (p = r->env.at; *p; p++)
		add(w, "%s", *p);
	for (p = r->prog; *p; p++)
		add(w, "%s", *p);
}

static void
words_nspawn(struct words *w, const struct run *r)
{
	uint64_t id;

	if (getrandom(&id, sizeof(id), 0) != sizeof(id))
		die_sys(EX_OSERR, "random bytes");
	add(w, "systemd-nspawn");
	add(w, "--quiet");
	add(w, "--settings=no");
	add(w, "--machine=aoinb-%016llx", (unsigned long long)id);
	add(w, "--register=no");
	add(w, "--keep-unit"); /* and so in our cgroup */
	add(w, "--directory=%s", r->root);
	add(w, "--as-pid2");
	add(w, "--console=%s", r->tty ? "interactive" : "pipe");
	add(w, "--hostname=%s", r->hostname);
	add(w, "--chdir=%s", r->cwd);
	add(w, "--timezone=off");
	add(w, "--link-journal=no");
	add(w, "--resolv-conf=off");
	if (!etc_is_file(r->root, "/etc/hosts"))
		add(w, "--bind=" HOSTS ":/etc/hosts");
	if (!r->network)
		add(w, "--private-network");
	else if (!etc_is_file(r->root, "/etc/resolv.conf"))
		add(w, "--bind=" RESOLV ":/etc/resolv.conf");
	if (r->tmp && strcmp(r->tmp, "root"))
		add(w, "--tmpfs=/tmp:mode=1777,size=%s,nr_inodes=256k", r->tmp);
	add(w, "--drop-capability=" DROP);
	add(w, "--rlimit=CORE=0");
}

char **
nspawn_words(const struct run *r)
{
	struct words w = { 0 };

	words_nspawn(&w, r);
	words_prog(&w, r);
	if (vec_push(&w, NULL) < 0)
		die_sys(EX_OSERR, "memory");
	return w.at;
}

/* The device nodes of the root are dead, as with our own back end.  Returns it. */
static int
kill_nodes(const struct run *r)
{
	int at = open(r->root, O_PATH | O_DIRECTORY | O_CLOEXEC), root;

	root = at < 0 ? -1 : mnt_copy(at, "", AT_RECURSIVE, MOUNT_ATTR_NODEV);
	if (root < 0 || mnt_attach(root, at) < 0)
		die_sys(err_code(errno), "%s", r->root);
	close(at);
	return root;
}

/* path holds b in the root, as a file or, as the command line says then, by bind. */
static void
state_file(int root, const char *path, const char *bind, int got, struct buf *b)
{
	int r = got < 0 ? -1 : etc_write(root, path, b);

	if (r == 0)
		r = file_replace(bind, b->s ? b->s : "", b->len);
	if (r < 0)
		die_sys(EX_OSERR, "%s", path);
	buf_free(b);
}

void
nspawn_make(const struct run *r)
{
	struct buf b = { 0 };
	int root;

	if (mount(NULL, "/", NULL, MS_REC | MS_SLAVE, NULL) < 0)
		die_sys(EX_OSERR, "make mounts private");
	root = kill_nodes(r);
	/* PROG's standard input will be the host's own, whose mode is not its to change. */
	if (mnt_bind(AT_FDCWD, "/dev/null", AT_FDCWD, "/dev/null", MOUNT_ATTR_RDONLY) < 0)
		die_sys(EX_OSERR, "/dev/null");
	if (mount("proc", "/proc", "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC,
	    NULL) < 0)
		die_sys(EX_OSERR, "mount /proc");
	if (file_mkdirs(STATE) < 0 ||
	    mount("aoinb", STATE, "tmpfs", MS_NOSUID | MS_NODEV, "mode=0755") < 0 ||
	    mkdir(STATE "/aoinb", 0755) < 0)
		die_sys(EX_OSERR, "%s", STATE);
	state_file(root, "/etc/hosts", HOSTS, etc_hosts(r, &b), &b);
	if (r->network)
		state_file(root, "/etc/resolv.conf", RESOLV, etc_resolv(r, &b), &b);
	umask(0);
	if (r->tmp && !strcmp(r->tmp, "root") && fs_own_tmp(root) < 0)
		die_sys(errno == ENOTDIR || errno == ELOOP ? EX_DATAERR : EX_OSERR,
		    "make /tmp in %s", r->root);
	close(root);
}

void
nspawn_check(const struct run *r)
{
	char *usr;

	if (geteuid() != 0)
		die(EX_NOPERM, "the nspawn back end needs root");
	if (access(r->root, F_OK) < 0)
		die_sys(err_code(errno), "%s", r->root);
	if (asprintf(&usr, "%s/usr", r->root) < 0)
		die_sys(EX_OSERR, "memory");
	if (access(usr, F_OK) < 0)
		die(EX_DATAERR, "%s: systemd-nspawn wants a root with a /usr", r->root);
	free(usr);
}

void
nspawn_become(const struct run *r)
{
	proc_signals_default();
	umask(022);
	/* Two may run on one root: whether they should is the caller's matter. */
	setenv("SYSTEMD_NSPAWN_LOCK", "0", 1);
	setenv("SYSTEMD_SECCOMP", r->seccomp ? "1" : "0", 1);
	if (r->tmp)
		setenv("SYSTEMD_NSPAWN_TMPFS_TMP", "0", 1);
	if (!r->tty)
		setsid();
	/* Over its own filter, which lets more through. */
	if (r->seccomp && confine_calls(r->sandbox == 1) < 0)
		die_sys(EX_OSERR, "filter system calls");
	execvp(r->nspawn[0], r->nspawn);
	if (errno == ENOENT)
		die(EX_UNAVAILABLE,
		    "systemd-nspawn is not there (Debian: systemd-container)");
	die_sys(EX_UNAVAILABLE, "systemd-nspawn");
}
