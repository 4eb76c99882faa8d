#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "err.h"
#include "job/git.h"
#include "job/stamp.h"

/* What git says. */
struct says {
	struct buf describe, status, time;
	int branch;		/* HEAD is a branch other than stable */
	int changed;		/* files that it knows are not as they were committed */
	int dirty;		/* that, or there are some that it does not know */
	int apart;		/* the tree lies in the repository, and is no part of it */
};

/* A word of a version behind its revision. */
static const char stamp_chars[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
    "0123456789.+~";

void
stamp_check(const struct args *a)
{
	const char *s = a->verstamp;

	if (s && (!*s || s[strspn(s, stamp_chars)]))
		die(EX_USAGE, "--verstamp=%s: neither auto, no, nor letters, digits and .+~", s);
	s = a->acbs_version;
	if (s && strcmp(s, "yes") && strcmp(s, "no"))
		die(EX_USAGE, "--acbs-version=%s: neither yes nor no", s);
}

/* The tree that bundle lies in, for the caller to free; or NULL. */
static char *
tree_of(const struct args *a, const char *bundle)
{
	char *tree = a->tree ? realpath(a->tree, NULL) : NULL, *groups = NULL, *slash;
	size_t n = tree ? strlen(tree) : 0;
	struct stat st;
	int i;

	if (tree && !strncmp(bundle, tree, n) && bundle[n] == '/')
		return tree;
	free(tree);
	tree = strdup(bundle);
	for (i = 0; tree && i < 2; i++) {
		slash = strrchr(tree, '/');
		if (!slash || slash == tree)
			break;
		*slash = '\0';
	}
	if (tree && i == 2 && asprintf(&groups, "%s/groups", tree) >= 0) {
		i = stat(groups, &st) == 0 && S_ISDIR(st.st_mode);
		free(groups);
		if (i)
			return tree;
	}
	free(tree);
	return NULL;
}

/* Reads "git status --porcelain=v2 --branch": its headers come first, then what has
 * changed, then what is not known. */
static void
read_status(struct says *says)
{
	const char *s = says->status.s, *end;

	for (; *s; s = *end ? end + 1 : end) {
		end = s + strcspn(s, "\n");
		if (!strncmp(s, "# branch.head ", 14))
			says->branch = strncmp(s + 14, "stable\n", 7) &&
			    strncmp(s + 14, "(detached)\n", 11);
		else if (*s == '?')
			says->dirty = 1;
		else if (*s != '#')
			says->changed = says->dirty = 1;
	}
}

/* Asks whether the tree is in the last commit: else the commit is not one of the tree. */
static int
ask_part(struct git *g, struct says *says, const char *tree)
{
	char name[4096];
	const char *const args[] = { "git", "rev-parse", "--quiet", "--verify", name, NULL };
	const char *rest = tree + strlen(g->top);
	int code;

	says->apart = 0;
	if (!*rest || snprintf(name, sizeof(name), "HEAD:%s", rest + 1) >= (int)sizeof(name))
		return 0;
	code = git_ask(g, args, &says->describe);
	says->apart = code == 1;
	if (says->apart)
		g->err.len = 0;
	return says->apart ? 0 : code;
}

static int
ask_all(struct git *g, struct says *says, const char *tree)
{
	static const char *const status[] = { "git", "status", "--porcelain=v2", "--branch",
	    "--no-ahead-behind", "--no-renames", "--ignore-submodules=all",
	    "--untracked-files=normal", NULL };
	static const char *const describe[] = { "git", "describe", "--always", NULL };
	static const char *const when[] = { "git", "log", "-1", "--no-show-signature",
	    "--no-mailmap", "--no-decorate", "--no-patch", "--format=%ct", "HEAD", NULL };
	int code = git_settle(g);

	if (code == 0)
		code = ask_part(g, says, tree);
	if (says->apart)
		return code;
	if (code == 0)
		code = git_ask(g, status, &says->status);
	if (code == 0)
		code = git_ask(g, describe, &says->describe);
	if (code == 0)
		code = git_ask(g, when, &says->time);
	return code;
}

/* As the user that has the least rights, of those who can read it all.  Returns 0, or the
 * exit code of git, or -1. */
static int
ask(struct git *g, struct says *says, const char *tree)
{
	int code = -1;

	for (g->user = 0; g->user < g->users; g->user++) {
		g->err.len = 0;
		code = ask_all(g, says, tree);
		if (code == EX_NOTFOUND || code == EX_TIMEOUT ||
		    (code == 0 && (!g->err.len || g->user + 1 == g->users)))
			break;
	}
	return code;
}

static void
put_stamp(struct buf *env, const struct says *says)
{
	char *end, text[32];
	long long at = says->dirty ? (long long)time(NULL) : strtoll(says->time.s, &end, 10);
	time_t t = (time_t)at;
	struct tm tm;

	if (!says->branch || at < 0 || at >= 253402300800LL || !gmtime_r(&t, &tm) ||
	    !strftime(text, sizeof(text), "%Y%m%dT%H%M%SZ", &tm))
		return;
	sure(buf_printf(env, "VERSTAMP=~pre%s%s\n", text, says->dirty ? "~dirty" : ""));
}

/* A line of control: of one word, without a byte that could be more than that. */
static void
put_commit(struct buf *env, const struct says *says)
{
	const char *s = says->describe.s, *p;

	for (p = s; *p > ' ' && *p < 127; p++)
		;
	if (p > s && p - s < 256 && (!*p || !strcmp(p, "\n")))
		sure(buf_printf(env, "AOINB_COMMIT=%.*s%s\n", (int)(p - s), s,
		    says->changed ? "-dirty" : ""));
}

/* Why git said nothing of use: its own first line. */
static void
complain(const struct git *g, const char *tree, int code)
{
	static const char left[] = "packages will not say of which commit they are";
	int n = g->err.len ? (int)strcspn(g->err.s, "\n") : 0;

	if (code == EX_NOTFOUND)
		warn_msg("tree %s: git is missing; %s", tree, left);
	else if (code == EX_TIMEOUT)
		warn_msg("tree %s: git takes longer than a minute; %s", tree, left);
	else if (n)
		warn_msg("tree %s: %s; git says: %.*s", tree, left, n, g->err.s);
	else
		warn_msg("tree %s: %s; git ended with %d", tree, left, code);
}

void
stamp_tell(struct buf *env, const struct args *a, const char *bundle)
{
	struct says says = { 0 };
	struct git g = { 0 };
	char *tree = a->verstamp ? tree_of(a, bundle) : NULL;
	int code = 0, found;

	if (a->acbs_version && !strcmp(a->acbs_version, "yes"))
		sure(buf_puts(env, "AOINB_ACBS_VERSION=aoinb-" AOINB_VERSION "\n"));
	found = tree ? git_begin(&g, tree) : 1;
	if (found < 0)
		warn_sys("tree %s: git cannot be asked", tree);
	if (found == 0 && (code = ask(&g, &says, tree)) != 0)
		complain(&g, tree, code);
	if (says.apart)
		found = 1;
	if (found == 0 && code == 0) {
		read_status(&says);
		put_commit(env, &says);
	}
	if (found == 0 && code == 0 && !strcmp(a->verstamp, "auto"))
		put_stamp(env, &says);
	else if (a->verstamp && strcmp(a->verstamp, "auto") && strcmp(a->verstamp, "no"))
		sure(buf_printf(env, "VERSTAMP=%s\n", a->verstamp));
	git_end(&g);
	free(tree);
	buf_free(&says.describe);
	buf_free(&says.status);
	buf_free(&says.time);
}
