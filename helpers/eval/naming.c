#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "eval/naming.h"
#include "eval/parts.h"
#include "eval/row.h"

static int
is_name(struct span name)
{
	char text[8];
	struct why why = { .s = text, .room = sizeof(text) };

	return source_name_check(name, &why) == 0;
}

/* Where `what` is in s, with something behind it. */
static const char *
inside(struct span s, const char *what)
{
	size_t n = strlen(what);
	const char *at = memmem(s.s, s.n, what, n);

	return at && at + n < s.s + s.n ? at : NULL;
}

/* What a file's name ends in: ".tar.gz" of "a-1.tar.gz", else from the last dot.  It is
 * looked for behind the last slash, which may be one of the query. */
static struct span
extension(struct span url)
{
	const char *slash = memrchr(url.s, '/', url.n), *end = url.s + url.n, *at;
	struct span name = url;
	size_t n = 0;

	if (slash)
		name = (struct span){ slash + 1, (size_t)(end - slash - 1) };
	at = inside(name, ".tar.");
	if (!at)
		at = inside(name, ".cpio.");
	if (!at)
		at = memrchr(name.s, '.', name.n);
	while (at && at + n < end && !strchr("?#", at[n]))
		n++;
	return n > 1 ? (struct span){ at, n } : (struct span){ "", 0 };
}

/* PACKAGE-VERSION and ext into n->made; of several sources, the later ones have their
 * number in it.  Returns an empty name when that is too long or no name. */
static struct span
numbered(struct naming *n, struct span ext, unsigned others)
{
	struct span name = { n->made, 0 };
	char number[16] = "";
	int len;

	if (!n->package || !n->version)
		return name;
	if (others)
		snprintf(number, sizeof(number), "-%u", others);
	len = snprintf(n->made, sizeof(n->made), "%s-%s%s%.*s", n->package,
	    n->version, number, (int)ext.n, ext.s);
	if (len > 0 && (size_t)len < sizeof(n->made))
		name.n = (size_t)len;
	return name.n && is_name(name) ? name : (struct span){ n->made, 0 };
}

int
naming_apply(struct naming *n, struct source *s, unsigned others, struct why *w)
{
	struct span name = { NULL, 0 };

	if (!strcmp(s->type, "none") && !s->renamed)
		return 0;
	if (s->renamed || !strcmp(s->type, "pypi"))
		return source_name_check(s->name, w);
	if (!s->digested && n->package && !n->taken) {
		name = (struct span){ n->package, strlen(n->package) };
		n->taken = is_name(name);
		name.n = n->taken ? name.n : 0;
	} else if (!strcmp(s->type, "file") && !s->keeps) {
		name = numbered(n, extension(s->url), others);
	} else if (s->digested && !s->name.n) {
		name = numbered(n, (struct span){ "", 0 }, others);
	}
	if (name.n)
		s->name = name;
	return source_name_check(s->name, w);
}

/* ---- the package ---- */

static char *
folder_of(const char *dir)
{
	char *real = realpath(dir, NULL), *slash = real ? strrchr(real, '/') : NULL;
	char *name = slash && slash[1] ? strdup(slash + 1) : NULL;

	free(real);
	return name;
}

/* What the rows of a bundle, which are cut, say that its sources go by: PKGNAME, to be
 * freed; or NULL with *folder set when it is the folder's name. */
static char *
package_of(char *rows, int *folder)
{
	struct row r;

	while (row_next(&rows, &r)) {
		if (strcmp(r.part, ".")) {
			*folder = 1;
			return NULL;
		}
		if (!r.trouble)
			return strdup(r.name);
	}
	return NULL;
}

char *
naming_package(const char *path, const char *folder, const char *arch)
{
	const char *slash = strrchr(path, '/');
	char *dir = slash ? strndup(path, (size_t)(slash - path) + 1) : strdup(".");
	int fd = dir ? open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1;
	int by_folder = 0;
	struct parts b;
	struct stat st;
	char *name = NULL;

	if (fd >= 0 && parts_init(&b, arch ? arch : "") == 0) {
		if (parts_read(&b, fd, "") > 0)
			name = package_of(b.p.out.s, &by_folder);
		if (!name && !by_folder)
			by_folder = fstatat(fd, "autobuild/defines", &st,
			    AT_SYMLINK_NOFOLLOW) == 0;
		parts_free(&b);
	}
	if (by_folder)
		name = folder && *folder ? strdup(folder) : folder_of(dir);
	if (fd >= 0)
		close(fd);
	free(dir);
	return name;
}
