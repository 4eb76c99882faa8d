/* aoinb-unpack: an archive into a folder, and never outside it. */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "err.h"
#include "opt.h"
#include "parse.h"
#include "unpack/arc.h"
#include "unpack/decode.h"
#include "unpack/list.h"
#include "unpack/progress.h"
#include "unpack/squash.h"
#include "unpack/tree.h"

enum { OPT_DEVICES = OPT_LONG, OPT_NO_OWNER, OPT_MAX_SIZE, OPT_MAX_ENTRIES };

static const struct opt tab[] = {
	{ OPT_DEVICES, "devices", NULL, "make device nodes too" },
	{ OPT_NO_OWNER, "no-owner", NULL, "everything belongs to the caller" },
	{ OPT_MAX_SIZE, "max-size", "SIZE", "refuse to write more (64G; 0: any)" },
	{ OPT_MAX_ENTRIES, "max-entries", "N", "refuse more entries (4000000)" },
	{ 0 },
};

static struct {
	const char *name, *dir;
	struct input in;
	struct tree tree;
	struct ring ring;
} u = { .tree = { .fd = -1, .file = -1, .max_size = 64ULL << 30,
    .max_entries = 4000000 } };

/* What a file system cannot hold, or a folder that went away, is nothing that the
 * machine or the archive lacks. */
static int
code_for(int err)
{
	return err == EOPNOTSUPP || err == ENOENT || err == ENOTDIR ?
	    EX_CANTCREAT : err_code(err);
}

/* The tree could not or would not take this entry. */
static void
die_entry(const char *path)
{
	progress_end();
	if (errno == EBADMSG)
		die(EX_DATAERR, "%s: %s: %s", u.name, path, u.tree.why);
	die_sys(code_for(errno), "%s", path);
}

static void
die_archive(const struct arc *a)
{
	progress_end();
	die(err_code(errno), "%s: %s", u.name,
	    arc_why(a));
}

static void
list(const struct entry *e)
{
	if (tree_admit(&u.tree, e) < 0)
		die_entry(e->path);
	if (list_entry(e) < 0)
		die_sys(EX_IOERR, "standard output");
}

static void
write_entry(struct arc *a, const struct entry *e)
{
	const void *p;
	size_t len;
	int64_t at;
	int more = 0;

	note("%s", e->path);
	if (e->stranger && u.tree.meta.own)
		warn_msg("%s: nobody here is called %s, left out of its ACL",
		    e->path, e->stranger);
	if (tree_add(&u.tree, e) < 0)
		die_entry(e->path);
	while (u.tree.file >= 0 && (more = arc_data(a, &p, &len, &at)) > 0) {
		progress(u.in.read, u.in.size);
		if (tree_data(&u.tree, e, p, len, at) < 0)
			die_entry(e->path);
	}
	if (more < 0)
		die_archive(a);
	if (tree_done(&u.tree, e) < 0)
		die_entry(e->path);
}

static void
unpack_archive(void)
{
	struct ring *r = u.in.kind == KIND_INDEXED ? NULL : &u.ring;
	struct entry e;
	struct arc *a;
	int more;

	if (!r && !u.in.seekable)
		die(EX_USAGE, "%s: a zip or 7z archive is read from a file only",
		    u.name);
	if (r && (ring_init(r) < 0 || decode_start(&u.in, r) < 0))
		die_sys(EX_OSERR, "start decoding");
	if (!(a = arc_open(&u.in, r)))
		die_sys(EX_OSERR, "libarchive");
	while ((more = arc_next(a, &e)) > 0) {
		progress(u.in.read, u.in.size);
		if (opt_dry)
			list(&e);
		else
			write_entry(a, &e);
	}
	if (more < 0)
		die_archive(a);
	arc_close(a);
}

static int
look(void *unused, const struct entry *e)
{
	(void)unused;
	u.tree.size += e->type == 'f' ? (uint64_t)e->size : 0;
	if (u.tree.max_size && u.tree.size > u.tree.max_size) {
		u.tree.why = "more bytes than --max-size allows";
		errno = EBADMSG;
		die_entry(e->path);
	}
	if (opt_dry)
		list(e);
	else if (tree_admit(&u.tree, e) < 0)
		die_entry(e->path);
	else
		note("%s", e->path);
	return 0;
}

static void
check_squash(int code)
{
	struct statvfs disk;

	if (code < 0)
		die_sys(EX_OSERR, "unsquashfs");
	if (code == EX_NOTFOUND)
		die(EX_UNAVAILABLE, "%s: a squashfs image needs unsquashfs "
		    "(squashfs-tools)", u.name);
	/* Its exit code does not tell a full disk from a bad image. */
	if (code && fstatvfs(u.tree.fd, &disk) == 0 && !disk.f_bavail) {
		errno = ENOSPC;
		die_sys(EX_IOERR, "%s", u.dir);
	}
	if (code && *squash_said())
		die(EX_DATAERR, "%s: unsquashfs: %s", u.name, squash_said());
	if (code)
		die(EX_DATAERR, "%s: unsquashfs failed with %d", u.name, code);
	if (*squash_said())
		warn_msg("%s: unsquashfs: %s", u.name, squash_said());
}

static void
unpack_squash(void)
{
	if (!u.in.seekable)
		die(EX_USAGE, "%s: a squashfs image is read from a file only",
		    u.name);
	if (u.tree.meta.own != (geteuid() == 0))
		die(EX_USAGE, "%s: a squashfs image does not take --no-owner",
		    u.name);
	check_squash(squash_list(u.in.fd, look, NULL));
	if (!opt_dry)
		check_squash(squash_unpack(u.in.fd, u.tree.fd, u.tree.meta.own));
}

static void
finish(void)
{
	const char *path = u.dir;

	if (tree_finish(&u.tree, &path) < 0)
		die_entry(path);
	progress_end();
	if (u.tree.no_nodes)
		warn_msg("%s: %llu device nodes left out, as making them takes CAP_MKNOD; "
		    "a container has a /dev of its own", u.dir,
		    (unsigned long long)u.tree.no_nodes);
	if (u.tree.meta.lost)
		warn_msg("%s: the file system cannot hold %llu of the "
		    "attributes", u.dir, (unsigned long long)u.tree.meta.lost);
}

static void
unpack(void)
{
	if (input_open(&u.in, u.name) < 0)
		die_sys(errno == EIO ? EX_IOERR : EX_NOINPUT, "%s", u.name);
	if (u.in.kind == KIND_EMPTY)
		die(EX_DATAERR, "%s: not an archive: it is empty", u.name);
	if (!opt_dry && tree_open(&u.tree, u.dir) < 0)
		die_sys(EX_CANTCREAT, "%s", u.dir);
	progress(0, 0);
	if (u.in.kind == KIND_SQUASHFS)
		unpack_squash();
	else
		unpack_archive();
	if (!opt_dry)
		finish();
	else if (fflush(stdout) == EOF)
		die_sys(EX_IOERR, "standard output");
	tree_free(&u.tree);
}

int
main(int argc, char *argv[])
{
	struct opts o = {
		.usage = "[--devices] [--no-owner] [--max-size=SIZE] "
		    "[--max-entries=N] ARCHIVE|- DIR",
		.about = "Unpack ARCHIVE into DIR, and never outside it.",
		.tab = tab,
	};
	int c, bad = 0;

	(void)argc;
	u.tree.meta.own = geteuid() == 0;
	opt_begin(&o, argv);
	while ((c = opt_next(&o)) != -1)
		switch (c) {
		case OPT_DEVICES: u.tree.devices = 1; break;
		case OPT_NO_OWNER: u.tree.meta.own = 0; break;
		case OPT_MAX_SIZE:
			bad |= parse_size(o.arg, &u.tree.max_size);
			break;
		case OPT_MAX_ENTRIES:
			bad |= parse_uint(o.arg, 0, UINT64_MAX,
			    &u.tree.max_entries);
			break;
		}
	signal(SIGXFSZ, SIG_IGN);	/* an error will do */
	if (bad || !o.argv[0] || (!o.argv[1] && !opt_dry) ||
	    (o.argv[1] && o.argv[2]))
		opt_bad(&o);
	u.name = o.argv[0];
	u.dir = o.argv[1];
	unpack();
	return 0;
}
