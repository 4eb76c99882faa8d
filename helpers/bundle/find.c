#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "bundle/word.h"
#include "err.h"
#include "eval/output.h"
#include "buf.h"

static int
is_kind(const char *dir, const char *name, mode_t kind)
{
	struct stat st;
	char *path;
	int r;

	sure(asprintf(&path, "%s/%s", dir, name));
	r = lstat(path, &st) == 0 && (st.st_mode & S_IFMT) == kind;
	free(path);
	return r;
}

/* Whether something in dir is called like a part, 01-name, and is a folder. */
static int
has_parts(const char *dir)
{
	int fd = open(dir, O_PATH | O_DIRECTORY | O_CLOEXEC), r = 0;
	glob_t found;
	char *pattern;

	if (fd < 0)
		return 0;
	/* By descriptor: nothing in the name of the folder is a pattern. */
	sure(asprintf(&pattern, "/proc/self/fd/%d/[0-9][0-9]-*/", fd));
	if (glob(pattern, GLOB_ONLYDIR, NULL, &found) == 0) {
		r = found.gl_pathc > 0;
		globfree(&found);
	}
	free(pattern);
	close(fd);
	return r;
}

/* The bundles of the tree that are called name.  Returns how many; *path gets the last. */
static size_t
in_tree(const char *tree, const char *name, char **path)
{
	int fd = open(tree, O_PATH | O_DIRECTORY | O_CLOEXEC);
	size_t n = 0, i;
	glob_t found;
	char *pattern, *one;

	if (fd < 0)
		die_sys(EX_NOINPUT, "tree %s", tree);
	sure(asprintf(&pattern, "/proc/self/fd/%d/*/", fd));
	if (glob(pattern, GLOB_ONLYDIR, NULL, &found) == 0) {
		for (i = 0; i < found.gl_pathc; i++) {
			one = strstr(found.gl_pathv[i] + strlen("/proc/self/fd/"), "/") + 1;
			sure(asprintf(&one, "%s/%s%s", tree, one, name));
			if (is_kind(one, "spec", S_IFREG)) {
				free(*path);
				*path = one;
				n++;
			} else {
				free(one);
			}
		}
		globfree(&found);
	}
	free(pattern);
	close(fd);
	return n;
}

/* By a name of the tree, when it is no folder here. */
static char *
named(const char *tree, const char *name)
{
	char *path = NULL;
	size_t n;

	if (strchr(name, '/')) {
		sure(asprintf(&path, "%s/%s", tree, name));
		if (is_kind(path, "spec", S_IFREG))
			return path;
		free(path);
		return NULL;
	}
	n = in_tree(tree, name, &path);
	if (n > 1)
		die(EX_DATAERR, "bundle %s: several in tree %s are called so; say category/%s", name, tree, name);
	return path;
}

int
word_find(struct args *a)
{
	const char *name = a->operand[0];
	struct buf out = { 0 };
	char *path = NULL;
	struct stat st;

	if (stat(name, &st) == 0 && S_ISDIR(st.st_mode))
		sure(*name == '-' ? asprintf(&path, "./%s", name) : asprintf(&path, "%s", name));
	else if (a->tree && *name != '/' && *name != '.' && !strstr(name, ".."))
		path = named(a->tree, name);
	if (!path && a->tree)
		die(EX_NOINPUT, "bundle %s: no such folder, nor is it in tree %s", name, a->tree);
	if (!path)
		die(EX_NOINPUT, "bundle %s: no such folder", name);
	if (!is_kind(path, "spec", S_IFREG))
		die(EX_NOINPUT, "bundle %s: there is no spec in it", name);
	if (!is_kind(path, "autobuild", S_IFDIR) && !has_parts(path))
		die(EX_NOINPUT, "bundle %s: there is no autobuild folder in it", name);
	sure(buf_printf(&out, "%s\n", path));
	output_flush(&out, 1);
	buf_free(&out);
	free(path);
	return 0;
}
