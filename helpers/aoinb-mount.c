#include <errno.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include "err.h"
#include "kernel.h"
#include "loop.h"
#include "mount/bind.h"
#include "mount/overlay.h"
#include "ns.h"
#include "opt.h"
#include "parse.h"
#include "proc.h"
#include "vec.h"

enum { VOLATILE = OPT_LONG, USERNS, IMAGE };

static const struct opt tab[] = {
	{ IMAGE, "image", "DIR", "mount DIR/image, a squashfs image, on DIR/tree first; may be repeated" },
	{ 'l', "lower", "DIR", "a layer below, topmost first; may be repeated" },
	{ 'u', "upper", "DIR", "where changes go; without it ROOT is read-only" },
	{ 'w', "work", "DIR", "overlayfs's own, empty, beside the upper" },
	{ VOLATILE, "volatile", NULL, "never wait for the disk; upper is to be thrown away" },
	{ 'b', "bind", "SRC:DST[:ro]", "show SRC at DST inside ROOT; may be repeated" },
	{ USERNS, "userns", "auto|yes|no", "give what is seen a range of owners of its own; no" },
	{ 0 },
};

struct plan {
	struct overlay o;
	VEC(const char *) images;
	VEC(struct bind) binds;
	const char *root;
	int userns;		/* yes, no or PARSE_AUTO */
	unsigned int first;	/* the range's first id, when o.user is not -1 */
};

static void
plan_image(struct plan *p, const char *dir)
{
	if (vec_push(&p->images, dir) < 0)
		die_sys(EX_OSERR, "memory");
}

static void
plan_lower(struct plan *p, const char *dir)
{
	if (vec_push(&p->o.lower, dir) < 0)
		die_sys(EX_OSERR, "memory");
}

static void
plan_bind(struct plan *p, const struct opts *o)
{
	struct bind b;

	if (bind_parse(&b, o->arg) < 0)
		opt_refuse(o, "not SRC:DST or SRC:DST:ro: %s", o->arg);
	if (vec_push(&p->binds, b) < 0)
		die_sys(EX_OSERR, "memory");
}

static void
plan_show(const struct plan *p, char *prog[])
{
	const struct bind *b;
	size_t i;

	printf("root %s\n", p->root);
	for (i = 0; i < p->images.len; i++)
		printf("image %s\n", p->images.at[i]);
	for (i = 0; i < p->o.lower.len; i++)
		printf("lower %s\n", p->o.lower.at[i]);
	if (p->o.upper)
		printf("upper %s\nwork %s\n", p->o.upper, p->o.work);
	if (p->userns)
		printf("userns %s\n", p->userns == PARSE_AUTO ? "auto" : "yes");
	for (b = p->binds.at; b < p->binds.at + p->binds.len; b++)
		printf("bind %s at %s%s\n", b->src, b->dst, b->ro ? ", read-only" : "");
	fflush(stdout);
	proc_show(STDOUT_FILENO, prog);
	exit(0);
}

/* What the host mounts or unmounts later still comes in, so that a long build
 * keeps no disk of the host's busy; nothing goes out. */
static void
enter(void)
{
	if (ns_privilege() < 0)
		die_sys(err_code(errno), "make a user namespace");
	if (unshare(CLONE_NEWNS) < 0)
		die_sys(err_code(errno), "make a mount namespace");
	if (mount(NULL, "/", NULL, MS_REC | MS_SLAVE, NULL) < 0)
		die_sys(EX_OSERR, "make mounts private");
}

/* What is mounted on the root of this namespace is seen by nobody who is in it. */
static void
refuse_slash(const struct plan *p)
{
	struct stat root, slash;

	if (p->o.lower.len && stat(p->root, &root) == 0 && stat("/", &slash) == 0 &&
	    root.st_dev == slash.st_dev && root.st_ino == slash.st_ino)
		die(EX_USAGE, "%s: layers on / would not be seen; name another folder", p->root);
}

/* Takes the range of owners, and makes the user namespace that has them.  What we
 * make, and the kernel in the folder work, belongs to its root, as no other has a
 * place in there. */
static int
users(struct plan *p)
{
	if (!kernel_since("5.19")) {
		errno = ENOSYS;	/* overlays know no such layers before */
		return -1;
	}
	if (ns_in_user()) {
		errno = EPERM;
		return -1;
	}
	if (ns_range_take(&p->first) < 0)
		return -1;
	p->o.user = ns_user_new(p->first);
	return p->o.user < 0 ? -1 : ns_files_as(p->first);
}

static void
users_begin(struct plan *p)
{
	p->o.user = -1;
	if (!p->userns || users(p) == 0)
		return;
	if (p->userns != PARSE_AUTO)
		die_sys(err_code(errno), "--userns=yes: make a user namespace of its own");
	note("%s: no user namespace of its own: %s", p->root, strerror(errno));
}

/* Whether auto comes to no, which errno may be the reason for. */
static int
users_give_up(struct plan *p)
{
	if (p->o.user < 0 || p->userns != PARSE_AUTO || (errno != EINVAL && errno != ENOTSUP))
		return 0;
	note("%s: no user namespace of its own: its file system cannot show files with "
	    "other owners", p->root);
	close(p->o.user);
	p->o.user = -1;
	if (ns_files_as(0) < 0)
		die_sys(EX_OSERR, "be root again");
	return 1;
}

static void
binds_copy(struct plan *p)
{
	struct bind *b = p->binds.at, *end = b + p->binds.len;

	while (b < end) {
		if (bind_copy(b, p->o.user) == 0)
			b++;
		else if (users_give_up(p))
			b = p->binds.at;
		else
			die_sys(err_code(errno), "bind %s", b->src);
	}
}

static int
root_mount(struct plan *p)
{
	int root = overlay_mount(&p->o, p->root);

	if (root < 0 && users_give_up(p)) {
		binds_copy(p);
		root = overlay_mount(&p->o, p->root);
	}
	if (root < 0 && p->o.said[0])
		die_sys(err_code(errno), "mount %s: %s", p->o.at, p->o.said);
	if (root < 0)
		die_sys(err_code(errno), "mount %s", p->o.at);
	return root;
}

/* aoinb-run(1) goes by whom the root belongs to. */
static void
root_check(const struct plan *p, int root)
{
	struct stat st;

	if (p->o.user < 0)
		return;
	if (fstat(root, &st) < 0)
		die_sys(EX_OSERR, "%s", p->root);
	if (st.st_uid - p->first >= NS_IDS)
		die(EX_DATAERR, "%s: belongs to a user above %u, whom no range has; "
		    "chown it, or --userns=no", p->root, NS_IDS - 1);
}

/* Lowers may lie in them. */
static void
images_mount(const struct plan *p)
{
	char *image, *tree;
	size_t i;

	for (i = 0; i < p->images.len; i++) {
		if (asprintf(&image, "%s/image", p->images.at[i]) < 0 ||
		    asprintf(&tree, "%s/tree", p->images.at[i]) < 0)
			die_sys(EX_OSERR, "memory");
		if (loop_mount(image, tree) < 0)
			die(errno == ENODEV || errno == ENOENT || errno == ENXIO ? EX_UNAVAILABLE :
			    err_code(errno), "mount %s: %s; import it again without [base] mount where this "
			    "machine cannot", image, strerror(errno));
		note("%s: on %s", image, tree);
		free(image);
		free(tree);
	}
}

static void
build(struct plan *p)
{
	struct bind *b, *end = p->binds.at + p->binds.len;
	int root;

	binds_copy(p);
	root = root_mount(p);
	note("%s: %zu lower, %s upper", p->root, p->o.lower.len, p->o.upper ? "an" : "no");
	root_check(p, root);
	for (b = p->binds.at; b < end; b++) {
		if (bind_attach(b, root) < 0)
			die_sys(err_code(errno), "bind %s at %s in %s", b->src, b->dst, p->root);
		note("%s: %s at %s%s", p->root, b->src, b->dst, b->ro ? ", read-only" : "");
	}
	close(root);
}

int
main(int argc, char *argv[])
{
	struct opts o = { .usage = "[--options=FILE] [-l DIR]... "
	    "[-u DIR -w DIR] [-b SRC:DST[:ro]]... ROOT PROG [ARG]...",
	    .about = "Put a root together at ROOT, seen by PROG alone, and become PROG.",
	    .tab = tab, .helper = "mount" };
	struct plan p = { 0 };
	int c;

	(void)argc;
	opt_begin(&o, argv);
	while ((c = opt_next(&o)) != -1)
		switch (c) {
		case IMAGE: plan_image(&p, o.arg); break;
		case 'l': plan_lower(&p, o.arg); break;
		case 'u': p.o.upper = o.arg; break;
		case 'w': p.o.work = o.arg; break;
		case 'b': plan_bind(&p, &o); break;
		case VOLATILE: p.o.is_volatile = 1; break;
		case USERNS:
			if (parse_auto(o.arg, &p.userns) < 0)
				opt_refuse(&o, "--userns=%s: auto, yes or no is wanted", o.arg);
			break;
		}
	p.root = o.root ? o.root : *o.argv ? *o.argv++ : NULL;
	if (!*o.argv || !p.o.upper != !p.o.work ||
	    (p.o.upper && !p.o.lower.len) || (p.o.is_volatile && !p.o.upper))
		opt_bad(&o);
	refuse_slash(&p);
	if (opt_dry)
		plan_show(&p, o.argv);
	enter();
	images_mount(&p);
	users_begin(&p);
	build(&p);
	proc_become(o.argv);
}
