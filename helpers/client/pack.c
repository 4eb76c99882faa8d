#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "client/pack.h"
#include "err.h"
#include "file.h"
#include "proc.h"

/* Zip, which some builds make of what they find, knows no year before 1980. */
#define USUAL_EPOCH "315532800"

int
pack_run(char *argv[], int out)
{
	int parent = getpid(), code;
	pid_t pid = fork();

	if (pid == 0) {
		proc_signals_default();
		if (proc_die_with(parent) < 0 || (out >= 0 && dup2(out, STDOUT_FILENO) < 0))
			die_sys(EX_OSERR, "%s", argv[0]);
		proc_become(argv);
	}
	code = pid < 0 ? -1 : proc_wait(pid);
	if (code < 0)
		die_sys(EX_OSERR, "%s", argv[0]);
	return code;
}

/* tar(1), with nothing in the archive of who makes it, and when. */
static int
tar(struct pack *p, char *how, char *in, char *more[])
{
	static char name[] = "tar", file[] = "-f", format[] = "--format=gnu", sort[] = "--sort=name",
	    owner[] = "--owner=0", group[] = "--group=0", numeric[] = "--numeric-owner",
	    mode[] = "--mode=u=rwX,go=rX", folder[] = "-C";
	const char *epoch = getenv("SOURCE_DATE_EPOCH");
	char mtime[64], *argv[20] = { name, file, p->tar, format, sort, owner, group, numeric, mode,
	    mtime, how, folder, in };
	size_t n = 13;

	snprintf(mtime, sizeof(mtime), "--mtime=@%s", epoch && *epoch ? epoch : USUAL_EPOCH);
	while (*more)
		argv[n++] = *more++;
	if (pack_run(argv, -1) == 0)
		return 0;
	warn_msg("%s cannot be packed", in);
	return -1;
}

int
pack_begin(struct pack *p, const char *tree, const char *paths)
{
	static char create[] = "-c", verbatim[] = "--verbatim-files-from", from[] = "-T", top[] = "/";
	char *more[] = { verbatim, from, p->list, NULL }, *in = tree && *tree ? strdup(tree) : NULL;
	const char *tmp = getenv("TMPDIR");
	int r;

	if (snprintf(p->dir, sizeof(p->dir), "%.40s/aoinb.XXXXXX", tmp && *tmp && strlen(tmp) <= 40 ? tmp : "/tmp") < 0 ||
	    !mkdtemp(p->dir))
		die_sys(EX_CANTCREAT, "%s", p->dir);
	snprintf(p->tar, sizeof(p->tar), "%s/tar", p->dir);
	snprintf(p->gz, sizeof(p->gz), "%s/tar.gz", p->dir);
	snprintf(p->list, sizeof(p->list), "%s/list", p->dir);
	if (file_replace(p->list, paths ? paths : "", paths ? strlen(paths) : 0) < 0) {
		warn_sys("%s", p->list);
		r = -1;
	} else {
		r = tar(p, create, in ? in : top, more);
	}
	free(in);
	return r;
}

int
pack_add(struct pack *p, const char *path, const char *name)
{
	static char append[] = "-r", dot[] = ".";
	char rename[700], *more[] = { rename, dot, NULL }, *in = strdup(path);
	int r;

	if (!in)
		die_sys(EX_OSERR, "memory");
	snprintf(rename, sizeof(rename), "--transform=s,^\\.,%s,S", name);
	r = tar(p, append, in, more);
	free(in);
	return r;
}

int
pack_end(struct pack *p)
{
	static char gzip[] = "gzip", how[] = "-nf", file[] = "--";
	char *argv[] = { gzip, how, file, p->tar, NULL };

	if (pack_run(argv, -1) == 0)
		return 0;
	warn_msg("%s cannot be compressed", p->tar);
	return -1;
}

void
pack_drop(struct pack *p)
{
	if (!*p->dir)
		return;
	unlink(p->tar);
	unlink(p->gz);
	unlink(p->list);
	if (rmdir(p->dir) < 0)
		warn_sys("%s", p->dir);
	*p->dir = '\0';
}
