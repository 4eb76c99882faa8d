#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "err.h"
#include "file.h"
#include "serve/bundle.h"
#include "serve/child.h"
#include "serve/conf.h"
#include "store/store.h"

enum { SECONDS = 60 };
#define MEMORY ((int64_t)1 << 30)

/* A bundle that is looked at, in a folder of its own. */
struct look {
	const char *archive, *arch;
	int64_t size;
	char dir[64];		/* below the server's folder */
	int at;			/* open on it */
	struct listed l;
	struct bundle *b;
	struct buf *why;
};

static int
refuse(struct look *k, const char *what)
{
	return buf_puts(k->why, what) < 0 ? -1 : 1;
}

/* Where the file lies here is nobody's business. */
static const char *
without(const char *why, const char *path)
{
	size_t n = strlen(path);

	return strncmp(why, path, n) || strncmp(why + n, ": ", 2) ? why : why + n + 2;
}

/* Runs aoinb-unpack.  Returns 0 with c to be freed, 1 when it refused, -1 with errno. */
static int
unpack(struct look *k, struct child *c, int writes)
{
	char size[40], entries[40], from[4096], to[4096];
	const char *argv[] = { "aoinb-unpack", "--no-owner", size, entries, from, to, NULL };
	const char *list[] = { "aoinb-unpack", "-n", size, entries, from, NULL };
	int code;

	snprintf(size, sizeof(size), "--max-size=%" PRId64, conf.bundle_unpacked);
	snprintf(entries, sizeof(entries), "--max-entries=%" PRId64, conf.bundle_entries);
	snprintf(from, sizeof(from), "%s/%s", conf.dir, k->archive);
	snprintf(to, sizeof(to), "%s/%s/t", conf.dir, k->dir);
	*c = (struct child){ .argv = writes ? argv : list, .writes = k->at, .memory = MEMORY,
	    .file = conf.bundle_unpacked + 1, .seconds = SECONDS, .most = 16 << 20 };
	code = child_run(c);
	if (code < 0 || code == EX_NOTFOUND || code == EX_CANNOTRUN)
		return -1;
	if (c->overflowed)
		return refuse(k, "the list of what is in it is too long");
	if (code == 128 + 24 || code == 128 + 9)
		return refuse(k, "unpacking it takes too long");
	if (code && (code == EX_DATAERR || code == EX_CANTCREAT || code == EX_NOINPUT || code > 128))
		return refuse(k, without(child_why(c), from));
	if (code) {
		warn_msg("bundle: aoinb-unpack: %s", child_why(c));
		errno = code == EX_IOERR ? ENOSPC : EIO;
		return -1;
	}
	return 0;
}

static int
list(struct look *k)
{
	struct child c;
	int r = unpack(k, &c, 0);

	if (r == 0)
		r = bundle_list(c.out.s, &k->l, k->why);
	child_free(&c);
	if (r)
		return r;
	if (conf.bundle_ratio && k->l.size > 1 << 20 && k->l.size / conf.bundle_ratio > k->size)
		return refuse(k, "it unpacks to too many times its size ([serve] bundle_ratio)");
	if (!k->l.spec && !k->l.folders && !k->l.tree)
		return refuse(k, "there is no spec in it: not at its top, in a folder, nor in "
		    "CATEGORY/NAME/");
	if (!!k->l.spec + !!k->l.folders + !!k->l.tree > 1)
		return refuse(k, "there are specs at its top, in folders and in CATEGORY/NAME/; one "
		    "of these at a time");
	if (k->l.folders > 1)
		return refuse(k, "there is more than one bundle in it; lay them out as CATEGORY/NAME/");
	return 0;
}

/* Adds the names that aoinb-spec --packages printed to the list.  What cannot be read of
 * a bundle matters when there is nothing else. */
static int
add_names(struct look *k, char *text)
{
	const char *why = "no package can be read in it: PKGNAME and VER are needed";
	char *line, *f[4];
	int i, n = 0, bad = 0;

	if (buf_putc(&k->b->packages, '[') < 0)
		return -1;
	while (text && (line = strsep(&text, "\n")) && !bad) {
		for (i = 0; i < 4; i++)
			f[i] = line ? strsep(&line, "\t") : NULL;
		if (f[2] && !strcmp(f[2], "!"))
			why = f[3] ? f[3] : why;
		else if (f[2])
			bad = (n++ && buf_putc(&k->b->packages, ',') < 0) ||
			    buf_json(&k->b->packages, f[2]) < 0;
	}
	if (bad || buf_putc(&k->b->packages, ']') < 0)
		return -1;
	return n ? 0 : refuse(k, why);
}

/* The names of the packages, by aoinb-spec on what was unpacked. */
static int
names(struct look *k)
{
	char arch[80], path[4096];
	const char *tree[] = { "aoinb-spec", "--packages", arch, path, NULL };
	const char *one[] = { "aoinb-spec", "--packages", arch, "--", path, NULL };
	struct child c = { .argv = k->l.tree ? tree : one, .writes = k->at, .memory = MEMORY,
	    .file = 1 << 20, .seconds = SECONDS, .most = 16 << 20 };
	int code, r;

	snprintf(arch, sizeof(arch), "--arch=%s", k->arch);
	snprintf(path, sizeof(path), "%s%s/%s/t%s%s", k->l.tree ? "--tree=" : "", conf.dir, k->dir,
	    k->l.folders ? "/" : "", k->l.folder);
	code = child_run(&c);
	if (code < 0 || code == EX_NOTFOUND || code == EX_CANNOTRUN)
		r = -1;
	else if (code)
		r = refuse(k, child_why(&c));
	else
		r = add_names(k, c.out.s);
	child_free(&c);
	return r;
}

static int
look(struct look *k)
{
	struct child c;
	int r = list(k);

	if (r)
		return r;
	r = unpack(k, &c, 1);
	child_free(&c);
	if (r)
		return r;
	k->b->layout = k->l.spec ? "bundle" : k->l.tree ? "tree" : "folder";
	snprintf(k->b->folder, sizeof(k->b->folder), "%s", k->l.folder);
	return names(k);
}

int
bundle_check(const char *path, int64_t size, const char *arch, struct bundle *b,
    struct buf *why)
{
	static int64_t counter;
	struct look k = { .archive = path, .size = size, .arch = arch, .b = b, .why = why };
	int r = -1;

	snprintf(k.dir, sizeof(k.dir), "check/%" PRId64,
	    __atomic_add_fetch(&counter, 1, __ATOMIC_RELAXED));
	if (mkdirat(conf.at, k.dir, 0700) < 0)
		return -1;
	k.at = openat(conf.at, k.dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (k.at >= 0)
		r = look(&k);
	close_keep(k.at);
	store_remove(conf.at, k.dir);
	buf_free(&k.l.units);
	return r;
}
