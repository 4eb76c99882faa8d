#include <errno.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <unistd.h>

#include "err.h"
#include "mount/bind.h"
#include "mount/overlay.h"
#include "ns.h"
#include "opt.h"
#include "proc.h"

enum { VOLATILE = OPT_LONG, CLASSIC };

static const struct opt tab[] = {
	{ 'l', "lower", "DIR", "a layer below, topmost first; may be repeated" },
	{ 'u', "upper", "DIR", "where changes go; without it ROOT is read-only" },
	{ 'w', "work", "DIR", "overlayfs's own, empty, beside the upper" },
	{ VOLATILE, "volatile", NULL, "never wait for the disk; upper is to be thrown away" },
	{ 'b', "bind", "SRC:DST[:ro]", "show SRC at DST inside ROOT; may be repeated" },
	{ CLASSIC, "classic", NULL, "mount as kernels before 6.8 want it" },
	{ 0 },
};

struct plan {
	struct overlay o;
	struct bind *binds, **last;
	const char *root;
};

static void
plan_lower(struct plan *p, const char *dir)
{
	p->o.lower = realloc(p->o.lower, (p->o.lowers + 1) * sizeof(char *));
	if (!p->o.lower)
		die_sys(EX_OSERR, "memory");
	p->o.lower[p->o.lowers++] = dir;
}

static void
plan_bind(struct plan *p, const char *s)
{
	struct bind *b = bind_parse(s);

	if (!b)
		die(EX_USAGE, "not SRC:DST or SRC:DST:ro: %s", s);
	*p->last = b;
	p->last = &b->next;
}

static void
plan_show(const struct plan *p, char *prog[])
{
	const char **lower = p->o.lower;
	struct bind *b;
	size_t i;

	printf("root %s\n", p->root);
	for (i = 0; i < p->o.lowers; i++)
		printf("lower %s\n", lower[i]);
	if (p->o.upper)
		printf("upper %s\nwork %s\n", p->o.upper, p->o.work);
	for (b = p->binds; b; b = b->next)
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

static void
build(struct plan *p)
{
	struct bind *b;
	int root;

	for (b = p->binds; b; b = b->next)
		if (bind_take(b) < 0)
			die_sys(err_code(errno), "bind %s", b->src);
	root = overlay_mount(&p->o, p->root);
	if (root < 0 && p->o.said[0])
		die_sys(err_code(errno), "mount %s: %s", p->o.at, p->o.said);
	if (root < 0)
		die_sys(err_code(errno), "mount %s", p->o.at);
	note("%s: %zu lower, %s upper", p->root, p->o.lowers, p->o.upper ? "an" : "no");
	for (b = p->binds; b; b = b->next) {
		if (bind_put(b, root) < 0)
			die_sys(err_code(errno), "bind %s at %s in %s", b->src, b->dst, p->root);
		note("%s: %s at %s%s", p->root, b->src, b->dst, b->ro ? ", read-only" : "");
	}
	close(root);
}

int
main(int argc, char *argv[])
{
	struct opts o = { .usage = "[-l DIR]... [-u DIR -w DIR] "
	    "[-b SRC:DST[:ro]]... ROOT PROG [ARG]...",
	    .about = "Put a root together at ROOT, seen by PROG alone, and become PROG.",
	    .tab = tab };
	struct plan p = { 0 };
	int c;

	(void)argc;
	p.last = &p.binds;
	opt_begin(&o, argv);
	while ((c = opt_next(&o)) != -1)
		switch (c) {
		case 'l': plan_lower(&p, o.arg); break;
		case 'u': p.o.upper = o.arg; break;
		case 'w': p.o.work = o.arg; break;
		case 'b': plan_bind(&p, o.arg); break;
		case VOLATILE: p.o.is_volatile = 1; break;
		case CLASSIC: p.o.classic = 1; break;
		}
	if (!o.argv[0] || !o.argv[1] || !p.o.upper != !p.o.work ||
	    (p.o.upper && !p.o.lowers) || (p.o.is_volatile && !p.o.upper))
		opt_bad(&o);
	p.root = *o.argv++;
	if (opt_dry)
		plan_show(&p, o.argv);
	enter();
	build(&p);
	proc_become(o.argv);
}
