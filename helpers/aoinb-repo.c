/* aoinb-repo: the repository of the packages that were built for a branch. */
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "digest.h"
#include "err.h"
#include "file.h"
#include "opt.h"
#include "parse.h"
#include "proc.h"
#include "repo/add.h"
#include "repo/child.h"
#include "repo/describe.h"
#include "repo/index.h"
#include "repo/list.h"
#include "repo/release.h"

enum { O_ALSO = OPT_LONG, O_ARCH, O_JSON, O_KEEP, O_MAX_FILES, O_MAX_SIZE, O_NAMES, O_SIGN, O_UNIT,
	O_VALID };

static const struct opt tab[] = {
	{ 'w', "work-dir", "DIR", "where everything lies" },
	{ O_ALSO, "also", "PATTERN", "add: another name that may be; may be repeated" },
	{ O_ARCH, "arch", "ARCH", "add: packages for it, or for all, alone" },
	{ O_JSON, "json", NULL, "ls: print JSON" },
	{ O_KEEP, "keep", "N", "the versions of each package that stay (default 0: all)" },
	{ O_MAX_FILES, "max-files", "N", "add: so many at most (default 0: any number)" },
	{ O_MAX_SIZE, "max-size", "SIZE", "add: of so much at most (default 0: any)" },
	{ O_NAMES, "names", "FILE", "add: packages of these names alone" },
	{ O_SIGN, "sign", "KEY", "sign the index with it; may be repeated" },
	{ O_UNIT, "unit", "UNIT", "add: who made them" },
	{ O_VALID, "valid", "TIME", "how long the index is good (default 0: for ever)" },
	{ 0 },
};

struct job {
	struct repo repo;
	const char *work_dir;
	struct adder who;
	struct stage_limits most;
	int json, keys, alsos;
	char **files;		/* of add */
	struct buf out;
};

static void
take_option(struct job *j, int c, const char *arg)
{
	switch (c) {
	case 'w': j->work_dir = arg; break;
	case O_ARCH: j->who.arch = arg; break;
	case O_NAMES: j->who.names = arg; break;
	case O_UNIT: j->who.unit = arg; break;
	case O_ALSO:
		if (j->alsos == ALSO_MOST)
			die(EX_USAGE, "more than %d patterns", ALSO_MOST);
		j->who.also[j->alsos++] = arg;
		break;
	case O_MAX_FILES:
		if (parse_uint(arg, 0, UINT32_MAX, &j->most.files) < 0)
			die(EX_USAGE, "%s: not a number of packages", arg);
		break;
	case O_MAX_SIZE:
		if (parse_size(arg, &j->most.bytes) < 0)
			die(EX_USAGE, "%s: not a size such as 500M or 8G", arg);
		break;
	case O_JSON: j->json = 1; break;
	case O_KEEP:
		if (parse_uint(arg, 0, UINT32_MAX, &j->repo.keep) < 0)
			die(EX_USAGE, "%s: not a number of versions", arg);
		break;
	case O_SIGN:
		if (j->keys == REPO_SIGN)
			die(EX_USAGE, "more than %d keys", REPO_SIGN);
		j->repo.sign[j->keys++] = arg;
		break;
	case O_VALID:
		if (parse_duration(arg, &j->repo.valid) < 0)
			die(EX_USAGE, "%s: not a time such as 90, 15m or 7d", arg);
		break;
	}
}

/* Options may stand before, between and behind the operands, which move to the front of
 * argv, up to "--".  Returns how many operands there are. */
static int
options(struct job *j, struct opts *o, char *argv[])
{
	int c, n = 0, all = 0;

	opt_begin(o, argv);
	while (!all) {
		while ((c = opt_next(o)) != -1)
			take_option(j, c, o->arg);
		all = !*o->argv || !strcmp(o->argv[-1], "--");
		if (!all)
			argv[n++] = *o->argv++;
	}
	while (*o->argv)
		argv[n++] = *o->argv++;
	argv[n] = NULL;
	return n;
}

/* What is done to a repository when its lock is held: says which programs it wants
 * before it begins. */
static int
begin(struct job *j)
{
	int lock;

	child_need("apt-ftparchive", "apt-utils");
	if (*j->repo.sign)
		child_need("gpg", "gnupg");
	lock = repo_lock(&j->repo);
	repo_begin(&j->repo);
	stage_sweep(&j->repo);
	return lock;
}

/* With -n: the commands by which the same could be done by hand. */
static void
show(const struct job *j)
{
	char *move[] = { "mv", "-t", NULL, "--", NULL, NULL };
	struct buf to = { 0 };
	char **file;

	if (buf_printf(&to, "%s/output/%s", j->repo.store.path, j->repo.branch) < 0)
		die_sys(EX_OSERR, "output");
	move[2] = to.s;
	for (file = j->files; file && *file; file++) {
		move[4] = *file;
		proc_show(STDOUT_FILENO, move);
	}
	proc_show(STDOUT_FILENO, (char **)describe_argv);
	buf_free(&to);
}

static int
add(struct job *j)
{
	struct child release;
	struct stage stage;
	int lock;

	add_check(j->files);
	repo_open(&j->repo, 1);
	child_need("apt-ftparchive", "apt-utils");
	release_begin(&j->repo, &release);
	stage_begin(&stage, &j->repo, j->files, &j->most);
	stage_read(&stage, &j->repo);
	add_check_arch(&stage, &j->repo, &j->who);
	add_check_names(&stage, &j->repo, &j->who);
	lock = begin(j);
	add_files(&stage, &j->repo, &j->who, &j->out);
	if (j->out.len)
		index_make(&j->repo, 0, &stage.p, &release);
	stage_end(&stage, &j->repo);
	lock_drop(lock);
	return j->out.len ? 0 : EX_NO;
}

static void
index_now(struct job *j, int anew)
{
	struct child release;

	release_begin(&j->repo, &release);
	index_make(&j->repo, anew, NULL, &release);
}

static int
index_anew(struct job *j)
{
	int lock;

	repo_open(&j->repo, 0);
	lock = begin(j);
	index_now(j, 1);
	lock_drop(lock);
	return j->repo.left_out ? EX_DATAERR : 0;
}

static int
list(struct job *j)
{
	repo_open(&j->repo, 0);
	list_packages(&j->repo, j->json ? LIST_JSON : LIST_ROWS, &j->out);
	return 0;
}

static int
prune(struct job *j)
{
	int lock;

	repo_open(&j->repo, 0);
	if (!j->repo.keep)
		die(EX_CONFIG, "repository %s: every version stays; set [repo] keep, or give "
		    "--keep=N", j->repo.branch);
	if (opt_dry) {
		index_prunable(&j->repo);
	} else {
		lock = begin(j);
		index_now(j, 0);
		lock_drop(lock);
	}
	return buf_put(&j->out, j->repo.pruned.s, j->repo.pruned.len);
}

/* What is printed comes last, when everything is done and no lock is held: who does not
 * read it, or has gone, changes nothing. */
static void
print(const struct buf *out)
{
	if (out->len && file_write(STDOUT_FILENO, out->s, out->len) < 0 && errno != EPIPE)
		die_sys(EX_IOERR, "standard output");
}

/* Finds the verb, and checks its operands: n words. */
static int
run(struct job *j, const struct opts *o, char *words[], int n)
{
	static const struct {
		const char *name;
		int (*run)(struct job *);
		int files, changes;
	} *v, verbs[] = {
		{ "add", add, 1, 1 }, { "index", index_anew, 0, 1 }, { "ls", list, 0, 0 },
		{ "prune", prune, 0, 0 }, { 0 },
	};

	for (v = verbs; n && v->name && strcmp(v->name, words[0]); v++)
		;
	if (!j->work_dir || n < 2 || !v->name || (v->files ? n < 3 : n > 2) ||
	    (j->json && v->run != list))
		opt_bad(o);
	j->repo.branch = words[1];
	if (!store_name_ok(j->repo.branch))
		die(EX_USAGE, "%s: not a name for a branch", j->repo.branch);
	err_name("aoinb");	/* who speaks of repositories, as in the other commands */
	if (store_open(&j->repo.store, j->work_dir) < 0)
		die_sys(err_code(errno), "%s", j->work_dir);
	j->files = v->files ? words + 2 : NULL;
	if (opt_dry && v->changes) {
		show(j);
		return 0;
	}
	return v->run(j);
}

int
main(int argc, char *argv[])
{
	struct opts o = {
		.usage = "-w DIR [--keep=N] [--valid=TIME] [--sign=KEY]... "
		    "add BRANCH FILE... | index BRANCH | ls BRANCH [--json] | prune BRANCH",
		.about = "Look after the repository of the packages that were built for a branch.",
		.tab = tab,
	};
	struct job j = { 0 };
	int n, code;

	(void)argc;
	n = options(&j, &o, argv);
	signal(SIGPIPE, SIG_IGN);
	code = run(&j, &o, argv, n);
	print(&j.out);
	buf_free(&j.out);
	buf_free(&j.repo.pruned);
	digest_end();
	return code;
}
